import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { DirectoryFault } from '../../../src/directory/store/fault.ts'
import type { SweepReport } from '../../../src/directory/sync/sync-report.ts'
import { showFirstSweeps } from '../../../src/observability/sweep-progress.ts'
import { logSync } from '../../../src/observability/sync-log.ts'

const report: SweepReport = {
  source: 'LEGACY',
  outcome: 'WHOLE',
  code: null,
  pages: 12,
  users: 1_000,
  seconds: 0.4,
  added: 3,
  changed: 2,
  missing: 1,
  gone: 1,
}

function progress(isTTY: boolean) {
  const written: string[] = []
  const time = { now: 0 }
  const screen = { isTTY, write: (text: string) => void written.push(text) }
  return { written, time, shown: showFirstSweeps(screen, ['LEGACY', 'SITE_PARTNER'], () => time.now) }
}

describe('the progress of the first sweeps', () => {
  it('is shown on a terminal, in one line that goes away', () => {
    const { written, time, shown } = progress(true)
    shown.onSweepProgress({ source: 'LEGACY', pages: 1_200, users: 120_000, expected: undefined })
    time.now = 50
    shown.onSweepProgress({ source: 'SITE_PARTNER', pages: 1, users: 100, expected: undefined })
    expect(written).toHaveLength(1)
    expect(written[0]).toContain('LEGACY 120,000 accounts in 1,200 pages')
    time.now = 100
    shown.onSweepProgress({ source: 'SITE_PARTNER', pages: 2, users: 200, expected: undefined })
    expect(written[1]).toContain('1,200 pages, SITE_PARTNER 200 accounts in 2 pages')
    shown.onSweepEnd(report)
    expect(written[2]).toBe('\r\u001B[K')
    time.now = 1_000
    shown.onSweepProgress({ source: 'LEGACY', pages: 1, users: 100, expected: 1_000 })
    expect(written).toHaveLength(3)
  })

  it('is shown again when a first sweep goes on after a failure', () => {
    const { written, time, shown } = progress(true)
    shown.onSweepEnd({ ...report, outcome: 'INTERRUPTED' })
    time.now = 1_000
    shown.onSweepProgress({ source: 'LEGACY', pages: 1, users: 100, expected: undefined })
    expect(written).toHaveLength(2)
  })

  it('is not written where there is no terminal', () => {
    const { written, shown } = progress(false)
    shown.onSweepProgress({ source: 'LEGACY', pages: 1, users: 100, expected: undefined })
    shown.onSweepEnd(report)
    expect(written).toEqual([])
  })
})

describe('the log of syncing', () => {
  // Of a full disk it said `DirectoryFault` and 13.
  it('says what the store failed of', () => {
    const lines: Record<string, unknown>[] = []
    const log = logSync(pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }))
    log.onUnexpected(new DirectoryFault('full'))
    expect(lines).toMatchObject([{ reason: 'full', type: 'DirectoryFault', msg: 'syncing failed' }])
  })

  it('has a line per sweep, per alarm and per failure', () => {
    const lines: Record<string, unknown>[] = []
    const events = logSync(pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line)) }))
    events.onSweepEnd(report)
    events.onAlarm('LEGACY', { count: 60, known: 1_000 })
    events.onAlarm('LEGACY', null)
    events.onUnexpected(new Error('disk of Ana is full'))
    expect(lines).toMatchObject([
      { msg: 'sweep', ...report },
      { level: 40, source: 'LEGACY', count: 60, known: 1_000 },
      { level: 30, source: 'LEGACY' },
      { level: 50, type: 'Error' },
    ])
    expect(JSON.stringify(lines)).not.toContain('Ana')
  })
})
