import type { ErrorCode, Upstream } from '../errors.ts'

/** One request that went to an upstream, and how it ended. */
export interface Attempt {
  readonly upstream: Upstream
  /** Method and route without ids, such as `GET /user/{user_id}`. */
  readonly operation: string
  /** `refused`: a status of 4xx; `failed`: 5xx, or no usable answer; `left`: nobody waited for it any more. */
  readonly outcome: 'ok' | 'refused' | 'failed' | 'left'
  readonly status?: number
  /** Where there is no status. */
  readonly code?: ErrorCode
  readonly durationMs: number
  /** 1 for the first; a retry counts on. */
  readonly attempt: number
  /** Of the request that caused it; who joins a read that is under way is not named. */
  readonly requestId?: string
}

export interface Retry {
  readonly upstream: Upstream
  readonly operation: string
  /** The attempt that is now waited for; the first retry is 2. */
  readonly attempt: number
  readonly waitMs: number
}

/** A request that was not sent, because of what is known of the upstream. */
export interface Refusal {
  readonly upstream: Upstream
  readonly operation: string
  readonly reason: 'breaker' | 'pacing' | 'credentials'
}

export interface PipelineState {
  /** Requests per second; null: nothing was ever refused for their number, so there is no cap. */
  readonly ratePerSecond: number | null
  readonly queued: number
  readonly running: number
  readonly breaker: 'closed' | 'open' | 'probing'
  readonly credentials: 'good' | 'dead'
}

/** What logs and metrics are told, as it happens. Nothing here may throw. */
export interface PipelineObserver {
  attempted(attempt: Attempt): void
  retried(retry: Retry): void
  refused(refusal: Refusal): void
  /** The breaker or the credentials have changed their state. */
  stateChanged(upstream: Upstream, state: PipelineState): void
}

export const UNOBSERVED: PipelineObserver = {
  attempted: () => undefined,
  retried: () => undefined,
  refused: () => undefined,
  stateChanged: () => undefined,
}
