import { SourceSync } from '../../src/directory/sync/source-sync.ts'
import type { SweepOutcome, SyncState } from '../../src/directory/sync/sync-report.ts'
import type { AccountSource } from '../../src/identity/account-source.ts'
import { MemoryStore } from './memory-store.ts'
import { RestlessSource, type CallPlan, type UnknownCursor } from './restless-source.ts'

export interface Scenario {
  readonly size: number
  readonly plan: readonly CallPlan[]
  /** Before these calls the process ends; another one goes on over the same store. */
  readonly deaths: readonly number[]
}

export interface Observed {
  readonly source: RestlessSource
  readonly store: MemoryStore
  readonly state: SyncState
  /** Of all sweeps, in their order. */
  readonly outcomes: readonly SweepOutcome[]
  /** Removed although they were there. */
  readonly wronged: readonly string[]
  /** There throughout a sweep that was called whole, and not shown by it. */
  readonly missed: readonly string[]
  readonly unexpected: readonly unknown[]
}

/** More sweeps than any scenario takes; reaching it is a failure of the test. */
const MAX_SWEEPS = 200

/**
 * Syncs a restless source until all that was planned has happened, and then for so many whole sweeps more. Time is a
 * counter: it moves with every look at it, and waiting takes none.
 */
export async function syncUntilQuiet(
  { size, plan, deaths }: Scenario,
  paging: 'offset' | UnknownCursor,
  wholeSweepsAfter: number,
): Promise<Observed> {
  let time = 0
  const tick = (): number => ++time
  const store = new MemoryStore()
  const outcomes: SweepOutcome[] = []
  const [wronged, missed, unexpected]: [string[], string[], unknown[]] = [[], [], []]
  let end = (): void => {}
  const source = new RestlessSource(size, plan, tick, async (call, signal) => {
    if (!deaths.includes(call)) return
    end()
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const remove = store.remove.bind(store)
  store.remove = async (name, ids, askedAt) => {
    wronged.push(...ids.filter((id) => source.has(id)))
    return remove(name, ids, askedAt)
  }
  const close = store.closeSweep.bind(store)
  store.closeSweep = async (sweep) => {
    const since = store.open?.startedAt.getTime() ?? 0
    const shown = (id: string): boolean => (store.rows.get(id)?.askedAt.getTime() ?? -1) >= since
    if (sweep.whole) missed.push(...source.thereSince(since).filter((id) => !shown(id)))
    return close(sweep)
  }
  const course = { quietSweeps: 0, isDone: false }
  const accounts: AccountSource = paging === 'offset' ? source.offset() : source.cursor(paging)
  let state: SyncState | undefined
  while (!course.isDone) {
    const over = new Promise<void>((resolve) => void (end = resolve))
    const wasQuiet = { atStart: source.isQuiet }
    // What a process counts over its sweeps ends with it.
    course.quietSweeps = 0
    const sync = new SourceSync(accounts, {
      writer: store,
      sweepIntervalMs: 60,
      pollIntervalMs: 25,
      clock: {
        now: () => new Date(tick()),
        monotonicNow: tick,
        wait: async (ms, signal) => {
          signal.throwIfAborted()
          time += Math.ceil(ms)
        },
        random: () => 0.5,
      },
      events: {
        onSweepProgress: () => {},
        onAlarm: () => {},
        onUnexpected: (error) => void unexpected.push(error),
        onSweepEnd: ({ outcome }) => {
          outcomes.push(outcome)
          if (outcome === 'WHOLE' && wasQuiet.atStart) course.quietSweeps++
          wasQuiet.atStart = source.isQuiet
          course.isDone = course.quietSweeps >= wholeSweepsAfter || outcomes.length >= MAX_SWEEPS
          if (course.isDone) end()
        },
      },
    })
    sync.start()
    await over
    await sync.stop()
    ;({ state } = sync)
  }
  return { source, store, state: state as SyncState, outcomes, wronged, missed, unexpected }
}

/** Whether the store holds exactly who is there, as they are. */
export function difference({ source, store }: Observed): string[] {
  const there = source.population()
  const held = new Map([...store.rows].map(([id, { identity }]) => [id, identity.firstName]))
  const ids = new Set([...there.keys(), ...held.keys()])
  return [...ids].filter((id) => there.get(id) !== held.get(id))
}
