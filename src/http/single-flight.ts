import { SharedCalls, type StartCall } from './shared-calls.ts'
import { effectOf, type HttpPolicy, type HttpResponse } from './transport.ts'

/**
 * Equal reads at the same time become one call, whoever asks. All requests speak to an upstream with the same
 * credentials, so the path says all about a read. It is waited for until the last passenger's deadline: each leaves by its
 * own signal. Who is waited for does not board what nobody waits for, which comes last everywhere.
 */
export function singleFlight(): HttpPolicy {
  const reads = new SharedCalls<HttpResponse>()
  return (next) => async (request) => {
    if (request.method !== 'GET' || effectOf(request) !== 'read') return next(request)
    const key = request.background === true ? `background ${request.path}` : request.path
    // A getter, since the deadline grows with each passenger.
    const start: StartCall<HttpResponse> = async (signal, deadline) =>
      next({
        ...request,
        signal,
        get deadline() {
          return deadline()
        },
      })
    return reads.join(key, request.signal, start, request)
  }
}
