import { SharedCalls } from './shared-calls.ts'
import { effectOf, type HttpPolicy, type HttpRequest, type HttpResponse } from './transport.ts'

type Mutable<Whole> = { -readonly [Part in keyof Whole]: Whole[Part] }

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
    const shared: Mutable<HttpRequest> = { ...request }
    const start = async (signal: AbortSignal): Promise<HttpResponse> => {
      shared.signal = signal
      return next(shared)
    }
    const onExtended = (deadline: number): void => void (shared.deadline = deadline)
    const { notBefore, deadline } = request
    return reads.join(key, request.signal, start, { notBefore, deadline, onExtended })
  }
}
