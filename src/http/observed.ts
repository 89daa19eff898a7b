import { PublicError, type Upstream } from '../errors.ts'
import { localReason } from './local-refusal.ts'
import type { Attempt, PipelineObserver } from './pipeline-observer.ts'
import { operationOf, type HttpPolicy, type HttpRequest, type HttpResponse } from './transport.ts'

/** Tells of each request that goes out. Right around the transport. */
export function reportAttempts(upstream: Upstream, observer: PipelineObserver, monotonicNow: () => number): HttpPolicy {
  return (next) => async (request) => {
    const startedAt = monotonicNow()
    const report = (end: Pick<Attempt, 'outcome' | 'status' | 'code'>): void =>
      observer.attempted({
        upstream,
        operation: operationOf(request),
        durationMs: monotonicNow() - startedAt,
        attempt: request.attempt ?? 1,
        ...(request.requestId !== undefined && { requestId: request.requestId }),
        ...end,
      })
    try {
      const response = await next(request)
      report({ outcome: outcomeOf(response), status: response.status })
      return response
    } catch (error) {
      report(describeFailure(request, error))
      throw error
    }
  }
}

/** Tells of each request that a policy further in refuses. */
export function reportRefusals(upstream: Upstream, observer: PipelineObserver): HttpPolicy {
  return (next) => async (request) => {
    try {
      return await next(request)
    } catch (error) {
      const reason = localReason(error)
      if (reason) observer.refused({ upstream, operation: operationOf(request), reason })
      throw error
    }
  }
}

function outcomeOf({ status }: HttpResponse): Attempt['outcome'] {
  if (status >= 500) return 'failed'
  return status >= 400 ? 'refused' : 'ok'
}

function describeFailure(request: HttpRequest, error: unknown): Pick<Attempt, 'outcome' | 'code'> {
  if (request.signal.aborted) return { outcome: 'left' }
  return { outcome: 'failed', ...(error instanceof PublicError && { code: error.code }) }
}
