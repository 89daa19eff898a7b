import { deadlineExceeded, PublicError, type Upstream } from '../errors.ts'
import { isSuccess, statusError } from '../http/status-error.ts'
import type { HttpRequest, HttpResponse, HttpTransport } from '../http/transport.ts'

/** Where the doctor's calls go. */
export interface Api {
  readonly upstream: Upstream
  readonly send: HttpTransport
  /** The deadline of the whole run. */
  readonly signal: AbortSignal
}

/** Why a call came to nothing. */
export interface CallFault {
  /** How far it got: no answer; one that is not JSON (or too large); a status that is no success; another shape. */
  readonly stage: 'unanswered' | 'unreadable' | 'status' | 'contract'
  readonly error: PublicError
  readonly status?: number
  /** The error code of the system or the HTTP library, such as `ECONNREFUSED`. */
  readonly systemCode?: string | undefined
  /** The origin that a redirect points to. */
  readonly movedTo?: string | undefined
  /** A refusal in HTML comes from something in between: both APIs speak JSON. */
  readonly html?: boolean
}

export type Outcome<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly fault: CallFault }

/**
 * One call. Whatever goes wrong with it is an outcome, not an exception.
 *
 * @param check gives the body its type, or throws a PublicError.
 */
export async function probe<Body>(
  { upstream, send, signal }: Api,
  request: Omit<HttpRequest, 'signal'>,
  check: (body: unknown) => Body,
): Promise<Outcome<Body>> {
  let response: HttpResponse
  try {
    response = await send({ ...request, signal })
  } catch (error) {
    return { ok: false, fault: transportFault(error, signal) }
  }
  if (!isSuccess(response)) return { ok: false, fault: statusFault(upstream, response) }
  try {
    return { ok: true, body: check(response.body) }
  } catch (error) {
    if (!(error instanceof PublicError)) throw error
    return { ok: false, fault: { stage: 'contract', error } }
  }
}

function transportFault(thrown: unknown, signal: AbortSignal): CallFault {
  // The transport passes the signal's reason on as it is.
  const error = signal.aborted ? deadlineExceeded() : thrown
  if (!(error instanceof PublicError)) throw error
  const stage = error.code === 'UPSTREAM_INVALID_RESPONSE' ? 'unreadable' : 'unanswered'
  return { stage, error, systemCode: findSystemCode(error.cause) }
}

function statusFault(upstream: Upstream, { status, headers }: HttpResponse): CallFault {
  return {
    stage: 'status',
    error: statusError(upstream, status),
    status,
    movedTo: status < 400 ? originOf(headers['location']) : undefined,
    html: /^text\/html\b/i.test(headers['content-type'] ?? ''),
  }
}

/** Of a redirect's target only the origin is shown: the rest may carry anything. */
function originOf(location: string | undefined): string | undefined {
  const url = location === undefined ? null : URL.parse(location)
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined
}

/** The first code down the chain of causes. Messages are left alone: they name hosts and quote values. */
function findSystemCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  if ('code' in cause && typeof cause.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(cause.code)) return cause.code
  return findSystemCode(cause.cause)
}
