import { deadlineExceeded, PublicError } from '../errors.ts'
import type { HttpPolicy } from './transport.ts'

/** Sends nothing for which the time is up. The signal says so too, but its timer may be late. */
export function withinDeadline(monotonicNow: () => number): HttpPolicy {
  return (next) => async (request) => {
    if (request.deadline !== undefined && monotonicNow() >= request.deadline) {
      throw deadlineExceeded({ delivery: 'NOT_SENT' })
    }
    return next(request)
  }
}

/** What a signal that fired says of a request that was still waiting here: whoever wrote may be sure that nothing was. */
export function leftUnsent({ reason }: AbortSignal): unknown {
  if (!(reason instanceof PublicError)) return reason
  return new PublicError(reason.code, reason.message, { cause: reason, delivery: 'NOT_SENT' })
}
