import { PublicError, type Upstream } from '../errors.ts'
import { pause, type Clock } from './clock.ts'
import { localReason } from './local-refusal.ts'
import type { PipelineObserver } from './pipeline-observer.ts'
import { readRetryAfter } from './retry-after.ts'
import type { RetryBudget } from './retry-budget.ts'
import {
  effectOf,
  operationOf,
  type Effect,
  type HttpPolicy,
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
} from './transport.ts'

const MOST_RETRIES = 2
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 1_000
/** A change may put back a record that was read before it: the longer it waits, the more of others' changes it undoes. */
const LONGEST_WAIT_OF_CHANGE_MS = LONGEST_BACKOFF_MS
/** A retry that would have less time than this is not made. */
const LEAST_ATTEMPT_MS = 150
/** Kept of the time, so that the caller learns what went wrong, and not only that the time is up. */
const RESERVE_MS = 100

/** How an attempt ended. */
export type Outcome =
  | { readonly response: HttpResponse; readonly error?: never }
  | { readonly response?: never; readonly error: unknown }

export interface RetryOptions {
  readonly upstream: Upstream
  readonly budget: RetryBudget
  readonly clock: Clock
  /** The wall clock, since upstreams speak of dates. */
  readonly now: () => Date
  /** From 0 to below 1. */
  readonly random: () => number
  readonly observer: PipelineObserver
}

/** Makes a request again where that is safe and worth it: within the deadline, and within the upstream's budget. */
export function retry(options: RetryOptions): HttpPolicy {
  const { upstream, budget, clock, now, random, observer } = options
  return (next) => async (request) => {
    let begunAt = clock.now()
    // Whoever waited long for nothing may have another way to go, which must still find the time for it.
    const leastMs = (): number => Math.max(LEAST_ATTEMPT_MS, 2 * (clock.now() - begunAt))
    const isDue = (attempt: number, outcome: Outcome, waitMs: number): boolean =>
      attempt <= MOST_RETRIES &&
      !request.signal.aborted &&
      mayRetry(effectOf(request), outcome) &&
      (effectOf(request) !== 'change' || waitMs <= LONGEST_WAIT_OF_CHANGE_MS) &&
      clock.now() + waitMs + leastMs() <= latestEnd(request) &&
      budget.withdraw()

    budget.deposit()
    let outcome = await outcomeOf(next(request))
    for (let attempt = 1; ; attempt++) {
      const waitMs = backoff(attempt, outcome, random, now())
      if (!isDue(attempt, outcome, waitMs)) return settle(outcome)
      observer.retried({ upstream, operation: operationOf(request), attempt: attempt + 1, waitMs })
      await pause(clock, waitMs, request.signal)
      begunAt = clock.now()
      const again = await tryAgain(next, { ...request, attempt: attempt + 1 }, clock)
      // What the upstream said before tells more than that we did not ask it again.
      if (again === undefined || localReason(again.error) !== undefined) return settle(outcome)
      outcome = again
    }
  }
}

/**
 * Whether another attempt is safe and may end better. `NOT_SENT` and 429 are safe for everything: nothing has happened
 * there. What may have happened is asked again only if it is a read; of writes, whoever made them has to look first. A 401
 * is the business of the credentials.
 */
export function mayRetry(effect: Effect, { response, error }: Outcome): boolean {
  if (response) return response.status === 429 || (effect === 'read' && isPassing(response.status))
  // Not of the upstream: the caller has left, or the time is up.
  if (!(error instanceof PublicError) || error.source === undefined) return false
  if (localReason(error) !== undefined) return false
  // The same credentials would be refused the same way.
  if (error.code === 'UPSTREAM_UNAUTHORIZED') return false
  return error.delivery === 'NOT_SENT' || effect === 'read'
}

/** 501 and 505 say that it will never be otherwise. */
function isPassing(status: number): boolean {
  return status === 408 || (status >= 500 && status !== 501 && status !== 505)
}

/** Full jitter, so that those who failed together do not come back together; a wait that was asked for is the least. */
function backoff(attempt: number, { response }: Outcome, random: () => number, now: Date): number {
  const jittered = random() * Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS)
  const asked =
    response?.status === 429 || response?.status === 503 ? readRetryAfter(response.headers, now.getTime()) : 0
  return Math.max(jittered, asked ?? 0)
}

/** Undefined when a read would not have ended in time for the caller to be told what the attempt before ended with. */
async function tryAgain(next: HttpTransport, request: HttpRequest, clock: Clock): Promise<Outcome | undefined> {
  // Of a write that was cut off nobody knows what became of it: the attempt before must not speak for it.
  if (effectOf(request) !== 'read') return outcomeOf(next(request))
  const controller = new AbortController()
  const leave = (): void => controller.abort(request.signal.reason)
  request.signal.addEventListener('abort', leave, { once: true })
  const endsIn = latestEnd(request) - clock.now()
  const cancel = Number.isFinite(endsIn) ? clock.after(Math.max(endsIn, 0), () => controller.abort()) : undefined
  try {
    const outcome = await outcomeOf(next({ ...request, signal: controller.signal }))
    return controller.signal.aborted && !request.signal.aborted ? undefined : outcome
  } finally {
    cancel?.()
    request.signal.removeEventListener('abort', leave)
  }
}

function latestEnd({ deadline = Number.POSITIVE_INFINITY }: HttpRequest): number {
  return deadline - RESERVE_MS
}

function outcomeOf(promise: Promise<HttpResponse>): Promise<Outcome> {
  return promise.then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  )
}

function settle({ response, error }: Outcome): HttpResponse {
  if (response) return response
  throw error
}
