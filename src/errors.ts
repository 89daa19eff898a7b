/** The REST APIs that an error can come from, named like the sources that we make of them. */
export type Upstream = 'LEGACY' | 'SITE_PARTNER'

/** What has to be set for an upstream to be called at all. */
export const CREDENTIAL_SETTINGS: Readonly<Record<Upstream, string>> = {
  LEGACY: 'LEGACY_APPLICATION_KEY and LEGACY_USER_API_KEY',
  SITE_PARTNER: 'SITE_PARTNER_CLIENT_ID and SITE_PARTNER_CLIENT_SECRET',
}

/** The codes that a caller can meet in `errors[].extensions.code`, beside GraphQL's own for syntax and validation. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_SUPPORTED'
  | 'DIRECTORY_NOT_READY'
  | 'CURSOR_EXPIRED'
  | 'WALK_INTERRUPTED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_THROTTLED'
  | 'UPSTREAM_UNAUTHORIZED'
  | 'UPSTREAM_INVALID_RESPONSE'
  | 'DEADLINE_EXCEEDED'
  | 'INTERNAL_SERVER_ERROR'

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'DIRECTORY_NOT_READY',
  'WALK_INTERRUPTED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_THROTTLED',
  'DEADLINE_EXCEEDED',
])

/**
 * What is known of a request to an upstream that brought no usable answer. Whether a write may be made again hangs on it:
 *
 * - `NOT_SENT`: no byte of it can have left us, so nothing has happened there.
 * - `REFUSED`: the upstream said that it did not do it.
 * - `UNKNOWN`: it may have been done.
 */
export type Delivery = 'NOT_SENT' | 'REFUSED' | 'UNKNOWN'

/**
 * An error that may be shown to callers as it is. Its message is written here, never taken from an upstream or from
 * input, so it holds no URL, no body and nothing personal. What caused it stays in `cause`, for logs to name by type.
 */
export class PublicError extends Error {
  override readonly name = 'PublicError'
  readonly code: ErrorCode
  readonly source: Upstream | undefined
  readonly retryable: boolean
  /** Of errors with a source: what became of the request. */
  readonly delivery: Delivery

  constructor(
    code: ErrorCode,
    message: string,
    options: { source?: Upstream; cause?: unknown; delivery?: Delivery } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.source = options.source
    this.retryable = RETRYABLE.has(code)
    this.delivery = options.delivery ?? 'UNKNOWN'
  }
}

export function badInput(message: string): PublicError {
  return new PublicError('BAD_USER_INPUT', message)
}

export function notSupported(message: string): PublicError {
  return new PublicError('NOT_SUPPORTED', message)
}

/** @param what the caller asked for. */
export function needsDirectory(what: string): PublicError {
  return notSupported(
    `${what}: only the synced directory can answer this (setting DIRECTORY), and this server reads live.`,
  )
}

export function sourceNotConfigured(source: Upstream): PublicError {
  const message = `${source} is not configured on this server (settings ${CREDENTIAL_SETTINGS[source]}).`
  return new PublicError('NOT_SUPPORTED', message, { source })
}

/** The list changed so much between two reads that nobody can say where the walk stood. */
export function walkInterrupted(source: Upstream): PublicError {
  return new PublicError(
    'WALK_INTERRUPTED',
    `The ${source} list changed under the walk and its place is lost. Begin again.`,
    {
      source,
    },
  )
}

/** What came behind a cursor is not known any more, and will not be. */
export function cursorExpired(): PublicError {
  return new PublicError(
    'CURSOR_EXPIRED',
    'What changed since this cursor is not kept any more, or was seen by another directory. Begin anew: take "latestCursor", walk through "identities", and go on behind that cursor.',
  )
}

/** @param reason a sentence of ours; it is worth asking again later. */
export function directoryNotReady(reason: string, source?: Upstream, options: { cause?: unknown } = {}): PublicError {
  return new PublicError('DIRECTORY_NOT_READY', reason, { ...options, ...(source && { source }) })
}

export function deadlineExceeded(options: { delivery?: Delivery } = {}): PublicError {
  return new PublicError('DEADLINE_EXCEEDED', 'The time for this request is up.', options)
}

type UpstreamCode = Extract<ErrorCode, `UPSTREAM_${string}`>

const UPSTREAM_MESSAGES: Readonly<Record<UpstreamCode, string>> = {
  UPSTREAM_UNAVAILABLE: 'cannot be reached or failed to answer',
  UPSTREAM_TIMEOUT: 'did not answer in time',
  UPSTREAM_THROTTLED: 'asks for fewer calls',
  UPSTREAM_UNAUTHORIZED: 'refused our credentials or their rights',
  UPSTREAM_INVALID_RESPONSE: 'gave an answer that breaks its contract',
}

/** @param reason a fixed phrase of ours that narrows the fault down, such as `the list has no array`. */
export function upstreamError(
  code: UpstreamCode,
  source: Upstream,
  reason?: string,
  options: { cause?: unknown; delivery?: Delivery } = {},
): PublicError {
  const detail = reason === undefined ? '' : `: ${reason}`
  return new PublicError(code, `${source} ${UPSTREAM_MESSAGES[code]}${detail}.`, { source, ...options })
}
