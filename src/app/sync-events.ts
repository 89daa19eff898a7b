import type { SyncEvents } from '../directory/sync/sync-report.ts'
import { SOURCES } from '../identity/identity.ts'
import type { Logger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics.ts'
import { showFirstSweeps, type Screen } from '../observability/sweep-progress.ts'
import { logSync } from '../observability/sync-log.ts'

/** Everybody who is told how syncing goes: the log, the metrics and, if there is one, the terminal. */
export function tellSync(logger: Logger, metrics: Pick<Metrics, 'swept'>, screen: Screen): SyncEvents {
  const log = logSync(logger)
  const progress = showFirstSweeps(screen, SOURCES, () => performance.now())
  return {
    ...log,
    onSweepProgress: progress.onSweepProgress,
    onSweepEnd: (report) => {
      progress.onSweepEnd(report)
      metrics.swept(report)
      log.onSweepEnd(report)
    },
  }
}
