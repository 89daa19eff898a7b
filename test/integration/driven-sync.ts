import { onTestFinished } from 'vitest'
import { SourceSync } from '../../src/directory/sync/source-sync.ts'
import type { MissingAlarm, SweepReport } from '../../src/directory/sync/sync-report.ts'
import type { AccountSource } from '../../src/identity/account-source.ts'
import { MemoryStore } from '../property/memory-store.ts'

export const SWEEP_INTERVAL_MS = 60_000
export const POLL_INTERVAL_MS = 5_000

interface Pause {
  readonly ms: number
  readonly end: () => void
}

/** The syncing of a source whose pauses end when the test says so; they are the only time that passes. */
export interface DrivenSync {
  readonly sync: SourceSync
  readonly store: MemoryStore
  readonly reports: SweepReport[]
  readonly alarms: (MissingAlarm | null)[]
  readonly unexpected: unknown[]
  /** Settles when the source is left alone, with how long that is to last. */
  resting(): Promise<number>
  /** Ends the pause, and settles when the source is left alone again. */
  goOn(): Promise<number>
  /** Goes on until another sweep has ended. */
  sweep(): Promise<SweepReport>
}

export function driveSync(source: AccountSource, store = new MemoryStore()) {
  let skipped = 0
  let pause = Promise.withResolvers<Pause>()
  const reports: SweepReport[] = []
  const alarms: (MissingAlarm | null)[] = []
  const unexpected: unknown[] = []
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => {
      pause = Promise.withResolvers()
      reject(signal.reason)
    })
    const end = (): void => {
      skipped += ms
      pause = Promise.withResolvers()
      resolve()
    }
    pause.resolve({ ms, end })
    return promise
  }
  const sync = new SourceSync(source, {
    writer: store,
    sweepIntervalMs: SWEEP_INTERVAL_MS,
    pollIntervalMs: POLL_INTERVAL_MS,
    clock: {
      now: () => new Date(Date.now() + skipped),
      monotonicNow: () => performance.now() + skipped,
      wait,
      random: () => 1,
    },
    events: {
      onSweepProgress: () => {},
      onSweepEnd: (report) => void reports.push(report),
      onAlarm: (_source, alarm) => void alarms.push(alarm),
      onUnexpected: (error) => void unexpected.push(error),
    },
  })
  onTestFinished(async () => sync.stop())
  const resting = async (): Promise<number> => (await pause.promise).ms
  const goOn = async (): Promise<number> => {
    ;(await pause.promise).end()
    return resting()
  }
  const sweep = async (): Promise<SweepReport> => {
    const before = reports.length
    while (reports.length === before) await goOn()
    return reports.at(-1) as SweepReport
  }
  sync.start()
  return { sync, store, reports, alarms, unexpected, resting, goOn, sweep } satisfies DrivenSync
}
