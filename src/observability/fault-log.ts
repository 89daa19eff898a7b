import { DirectoryFault } from '../directory/store/fault.ts'
import { describeError, type Logger } from './logger.ts'

/** How often the same fault gets a line, in milliseconds: a store that is broken is asked by every request. */
const REPEAT_MS = 60_000

/** A line for a fault of the directory's store, in place of which the sources were asked; once a minute for each kind. */
export function createFaultLog(
  logger: Logger,
  monotonicNow: () => number = () => performance.now(),
): (error: unknown) => void {
  const logged = new Map<string, number>()
  return (error) => {
    const reason = error instanceof DirectoryFault ? error.reason : 'other'
    const now = monotonicNow()
    if (now - (logged.get(reason) ?? -Infinity) < REPEAT_MS) return
    logged.set(reason, now)
    logger.error({ reason, ...describeError(error) }, 'the directory cannot be used')
  }
}
