/** One request to an upstream. The origin is the transport's; the path begins with `/` and is sent as it is. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** When it fires, the request is not started, or is broken off. The promise rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** An answer to a call that began before this instant will not do, in monotonic milliseconds. */
  readonly notBefore?: number
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

/** The policies around a transport, the outermost first. Retries, pacing and breakers belong into this list. */
export function withPolicies(transport: HttpTransport, ...policies: readonly HttpPolicy[]): HttpTransport {
  return policies.reduceRight((next, policy) => policy(next), transport)
}
