/** One request to an upstream. The origin is the transport's; the path begins with `/` and is sent as it is. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** What is called, for logs and metrics: method and route without ids, such as `GET /user/{user_id}`. */
  readonly operation?: string
  /** By default a GET is a `read`, a POST a `creation`, all else a `change`. */
  readonly effect?: Effect
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** When it fires, the request is not started, or is broken off. The promise rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Until when somebody waits for the answer, in monotonic milliseconds: nothing is begun that cannot end by then. */
  readonly deadline?: number
  /** An answer to a call that began before this instant will not do, in monotonic milliseconds. */
  readonly notBefore?: number
  /** Nobody waits for it: it comes after all that somebody waits for. */
  readonly background?: boolean
  /** 1, or more for a retry; set by the retry policy. */
  readonly attempt?: number
  /** Of the request that it is made for, for logs. */
  readonly requestId?: string
}

/**
 * What a request does there, and so what may be done when its fate is unknown: a `read` may be made again; a `change` sets
 * something to what it says, so it may be made again by whoever has looked first; a `creation` never blindly.
 */
export type Effect = 'read' | 'change' | 'creation'

export function effectOf({ effect, method }: Pick<HttpRequest, 'effect' | 'method'>): Effect {
  if (effect) return effect
  if (method === 'GET') return 'read'
  return method === 'POST' ? 'creation' : 'change'
}

export function operationOf({ operation, method }: Pick<HttpRequest, 'operation' | 'method'>): string {
  return operation ?? method
}

/** An answer, of any status; a redirect is an answer like any other and is never followed. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The decoded JSON; undefined where the body was empty, or was no JSON and the status is no success. */
  readonly body: unknown
}

/** Sends a request. Rejects with a PublicError `UPSTREAM_*` when no usable answer came. */
export type HttpTransport = (request: HttpRequest) => Promise<HttpResponse>

/** One rule for how requests are sent, laid around a transport. */
export type HttpPolicy = (next: HttpTransport) => HttpTransport

/** The policies around a transport, the outermost first. */
export function withPolicies(transport: HttpTransport, ...policies: readonly HttpPolicy[]): HttpTransport {
  return policies.reduceRight((next, policy) => policy(next), transport)
}
