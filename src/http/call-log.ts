import { PublicError, type Delivery, type ErrorCode, type Upstream } from '../errors.ts'
import { localReason } from './local-refusal.ts'
import { isSuccess, statusError } from './status-error.ts'
import type { HttpPolicy, HttpRequest, HttpResponse } from './transport.ts'

/** A call that failed for good, retries included. Holds nothing of what was sent or answered. */
export interface FailedCall {
  readonly upstream: Upstream
  /** Method and route without ids. */
  readonly operation: string
  readonly requestId: string | undefined
  readonly code: ErrorCode
  readonly delivery: Delivery
  /** Undefined where no usable answer came. */
  readonly status: number | undefined
  readonly attempts: number
  readonly durationMs: number
}

export interface CallLog {
  /** Stands outside of what tries again. Of callers who share a call only the first tells of it. */
  readonly calls: HttpPolicy
  /** Stands right around the transport, and counts. */
  readonly attempts: HttpPolicy
}

/** Tells of calls that failed. Those that we did not make ourselves are no news, and those that nobody waited for no failures. */
export function createCallLog(upstream: Upstream, onFailed: (call: FailedCall) => void): CallLog {
  /** Where it took more than one. */
  const attempts = new WeakMap<object, number>()
  const told = new WeakSet<object>()

  const attempted = (outcome: unknown, { attempt = 1 }: HttpRequest): void => {
    if (attempt > 1 && typeof outcome === 'object' && outcome !== null) attempts.set(outcome, attempt)
  }
  const report = (outcome: HttpResponse | PublicError, request: HttpRequest, startedAt: number): void => {
    // Who shared a call, or waited for the same token, has the same outcome.
    if (told.has(outcome)) return
    told.add(outcome)
    const error = outcome instanceof PublicError ? outcome : statusError(upstream, outcome.status)
    onFailed({
      upstream,
      operation: request.operation ?? request.method,
      requestId: request.requestId,
      code: error.code,
      delivery: error.delivery,
      status: 'status' in outcome ? outcome.status : undefined,
      attempts: attempts.get(outcome) ?? 1,
      durationMs: Math.round(performance.now() - startedAt),
    })
  }

  return {
    calls: (next) => async (request) => {
      const startedAt = performance.now()
      try {
        const response = await next(request)
        if (!isOrdinary(response)) report(response, request, startedAt)
        return response
      } catch (error) {
        if (error instanceof PublicError && error.source && !localReason(error)) report(error, request, startedAt)
        throw error
      }
    },
    attempts: (next) => async (request) => {
      try {
        const response = await next(request)
        attempted(response, request)
        return response
      } catch (error) {
        attempted(error, request)
        throw error
      }
    },
  }
}

/** An answer that says something of the person asked for, and nothing of the upstream: nobody is there, or a fault in what was sent. */
function isOrdinary(response: HttpResponse): boolean {
  return isSuccess(response) || [400, 404, 409, 422].includes(response.status)
}
