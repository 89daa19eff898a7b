import { upstreamError, type Delivery, type PublicError, type Upstream } from '../errors.ts'
import type { HttpResponse } from './transport.ts'

export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300
}

/** What an answer that is no success means, where the endpoint does not give its status a meaning of its own. */
export function statusError(upstream: Upstream, status: number): PublicError {
  const delivery = deliveryOf(status)
  if (status === 429) return upstreamError('UPSTREAM_THROTTLED', upstream, undefined, { delivery })
  // The legacy API says 401 also where a right is missing, so the two are one to us.
  if (status === 401 || status === 403) return upstreamError('UPSTREAM_UNAUTHORIZED', upstream, undefined, { delivery })
  if (status === 408 || status === 504) return upstreamError('UPSTREAM_TIMEOUT', upstream, undefined, { delivery })
  if (status >= 500) return upstreamError('UPSTREAM_UNAVAILABLE', upstream, undefined, { delivery })
  // A redirect among them: following it would carry our credentials to a host that nobody chose.
  return upstreamError('UPSTREAM_INVALID_RESPONSE', upstream, `status ${status}`, { delivery })
}

/**
 * 3xx and 4xx are refusals. A 408 is one too: the server saw no whole request (RFC 9110, 15.5.9). But a server that sends
 * whoever posted on to what came of it says 302 or 303 (15.4.3, 15.4.4), and then it is done.
 */
function deliveryOf(status: number): Delivery {
  if (status === 302 || status === 303) return 'UNKNOWN'
  return status >= 300 && status < 500 ? 'REFUSED' : 'UNKNOWN'
}
