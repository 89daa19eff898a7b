import { upstreamError, type PublicError, type Upstream } from '../errors.ts'
import type { HttpResponse } from './transport.ts'

export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300
}

/** What an answer that is no success means, where the endpoint does not give its status a meaning of its own. */
export function statusError(upstream: Upstream, status: number): PublicError {
  if (status === 429) return upstreamError('UPSTREAM_THROTTLED', upstream, undefined, { delivery: 'REFUSED' })
  // The legacy API says 401 also where a right is missing, so the two are one to us.
  if (status === 401 || status === 403) {
    return upstreamError('UPSTREAM_UNAUTHORIZED', upstream, undefined, { delivery: 'REFUSED' })
  }
  if (status === 408 || status === 504) return upstreamError('UPSTREAM_TIMEOUT', upstream)
  if (status >= 500) return upstreamError('UPSTREAM_UNAVAILABLE', upstream)
  // A redirect among them: following it would carry our credentials to a host that nobody chose.
  const delivery = status >= 400 ? 'REFUSED' : 'UNKNOWN'
  return upstreamError('UPSTREAM_INVALID_RESPONSE', upstream, `status ${status}`, { delivery })
}
