import type { IdentitySource } from '../identity/identity.ts'
import type { SyncEvents } from '../directory/sync/sync-report.ts'

/** How often the line is written anew, in milliseconds. */
const REPAINT_MS = 100
/** Back to the start of the line, and all behind it away. */
const CLEAR_LINE = '\r\u001B[K'

export interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Nothing is shown. */
export const NO_SCREEN: Screen = { write: () => {} }

/**
 * Shows on a terminal how far the first sweep of each source is, in one line that goes away with the last of them. Where
 * there is no terminal, nothing is written: the log says when a sweep is through.
 */
export function showFirstSweeps(
  screen: Screen,
  sources: readonly IdentitySource[],
  monotonicNow: () => number,
): Pick<SyncEvents, 'onSweepProgress' | 'onSweepEnd'> {
  const counts = new Map<IdentitySource, string>()
  const unread = new Set(screen.isTTY ? sources : [])
  let paintedAt = Number.NEGATIVE_INFINITY
  const paint = (): void => {
    paintedAt = monotonicNow()
    const line = [...counts].map(([source, count]) => `${source} ${count}`).join(', ')
    screen.write(`${CLEAR_LINE}Reading the lists for the first time: ${line}`)
  }
  return {
    onSweepProgress: ({ source, users, pages }) => {
      if (!unread.has(source)) return
      counts.set(source, `${users.toLocaleString('en')} accounts in ${pages.toLocaleString('en')} pages`)
      if (monotonicNow() - paintedAt >= REPAINT_MS) paint()
    },
    onSweepEnd: ({ source, outcome }) => {
      // Others write on this screen now, the log at least.
      if (unread.has(source)) screen.write(CLEAR_LINE)
      if (outcome === 'WHOLE') unread.delete(source)
    },
  }
}
