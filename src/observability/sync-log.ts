import { DirectoryFault } from '../directory/store/fault.ts'
import type { SyncEvents } from '../directory/sync/sync-report.ts'
import { describeError, type Logger } from './logger.ts'

/** A line per sweep: how much was read, in what time, and what it changed. Only counts, nothing of any account. */
export function logSync(logger: Logger): SyncEvents {
  return {
    onSweepProgress: () => {},
    onSweepEnd: (report) => logger.info(report, 'sweep'),
    onAlarm: (source, alarm) => {
      if (alarm) logger.warn({ source, ...alarm }, 'too many accounts are missing at once: nobody is taken for gone')
      else logger.info({ source }, 'the missing accounts are back, or few enough to be asked for')
    },
    onUnexpected: (error) => {
      const reason = error instanceof DirectoryFault ? error.reason : undefined
      logger.error({ reason, ...describeError(error) }, 'syncing failed')
    },
  }
}
