import { deadlineExceeded } from '../errors.ts'
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
