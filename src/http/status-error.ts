import { upstreamError, type Delivery, type PublicError, type Upstream } from '../errors.ts'
import type { HttpResponse } from './transport.ts'

export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300
}

/** Whether credentials were looked at and found good. Who throttles, redirects or fails may not have come to that. */
export function provesCredentials(response: HttpResponse): boolean {
  const { status } = response
  return isSuccess(response) || (status >= 400 && status < 500 && ![401, 408, 429].includes(status))
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
 * 4xx are refusals, and so are the two redirects that ask for the same request elsewhere. A 303 says that it was done and what
 * came of it is elsewhere, and older servers mean the same by 301 and 302 (RFC 9110, 15.4). A 408 should mean that no whole
 * request was seen, but gateways say it of a server behind them that is still at work.
 */
function deliveryOf(status: number): Delivery {
  if (status === 307 || status === 308) return 'REFUSED'
  return status >= 400 && status < 500 && status !== 408 ? 'REFUSED' : 'UNKNOWN'
}
