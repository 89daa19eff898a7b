import { SharedCalls } from './shared-calls.ts'
import type { HttpPolicy, HttpResponse } from './transport.ts'

/**
 * Equal reads at the same time become one call, whoever asks. All requests speak to an upstream with the same
 * credentials, so the path says all about a read.
 */
export function singleFlight(): HttpPolicy {
  const reads = new SharedCalls<HttpResponse>()
  return (next) => (request) =>
    request.method === 'GET'
      ? reads.join(request.path, request.signal, async (signal) => next({ ...request, signal }), request.notBefore)
      : next(request)
}
