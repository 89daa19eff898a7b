import { PublicError, upstreamError, type Upstream } from '../errors.ts'
import type { Refusal } from './pipeline-observer.ts'

/** Why a request was not sent. It is the cause of the error that a caller gets, so that logs name it. */
export class LocalRefusal extends Error {
  override readonly name = 'LocalRefusal'
  readonly reason: Refusal['reason']

  constructor(reason: Refusal['reason']) {
    super(`refused by ${reason}`)
    this.reason = reason
  }
}

const CODES = {
  breaker: 'UPSTREAM_UNAVAILABLE',
  pacing: 'UPSTREAM_THROTTLED',
  credentials: 'UPSTREAM_UNAUTHORIZED',
} as const

export function refuseLocally(upstream: Upstream, reason: Refusal['reason']): PublicError {
  return upstreamError(CODES[reason], upstream, undefined, { cause: new LocalRefusal(reason), delivery: 'NOT_SENT' })
}

/** Whether the error is a decision of ours: it says nothing new of the upstream, and trying again would not help. */
export function localReason(error: unknown): Refusal['reason'] | undefined {
  return error instanceof PublicError && error.cause instanceof LocalRefusal ? error.cause.reason : undefined
}
