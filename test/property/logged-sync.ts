import { SourceSync } from '../../src/directory/sync/source-sync.ts'
import type { SyncState } from '../../src/directory/sync/sync-report.ts'
import type { AccountSource, Page } from '../../src/identity/account-source.ts'
import type { Identity, IdentitySource, IdentityStatus } from '../../src/identity/identity.ts'
import { account, listed } from '../fixtures/accounts.ts'
import { LogFollower } from './log-follower.ts'
import { LoggedStore } from './logged-store.ts'
import { RestlessSource, type ListChange } from './restless-source.ts'
import type { Scenario } from './restless-sync.ts'

/** A write of ours, made before this call; what it did is read and kept so many turns later. */
export interface OwnWrite {
  readonly call: number
  readonly change: ListChange
  readonly turns: number
}

export interface LoggedScenario extends Scenario {
  readonly writes: readonly OwnWrite[]
  /** Whether list rows carry but a few fields, so that the others come by single answers. */
  readonly sparse: boolean
  /** How many changes the consumer takes at a time. */
  readonly first: number
}

export interface Logged {
  readonly upstream: RestlessSource
  readonly store: LoggedStore
  readonly state: SyncState
  readonly follower: LogFollower
  /** Removed although they were there. */
  readonly wronged: readonly string[]
  readonly unexpected: readonly unknown[]
}

const STATUSES: readonly IdentityStatus[] = ['ACTIVE', 'ACTIVE', 'INACTIVE', 'ARCHIVED', 'UNKNOWN']
/** More than any scenario takes. */
const MAX_SWEEPS = 200

/** An account as it is in its version: every version has another name, and often another status. */
function versionOf(source: IdentitySource, sourceId: string, version: number, asOf: Date): Identity {
  const status = STATUSES[(Number(sourceId.slice(1)) + version) % STATUSES.length]
  return account({ source, sourceId, firstName: String(version), role: `role ${version % 3}`, status, asOf })
}

/** Syncs a restless source into the real store, with writes of ours among it, until all is quiet, while somebody follows the log. */
export async function syncLogged(
  { size, plan, deaths, writes, sparse, first }: LoggedScenario,
  paging: 'offset' | 'cursor',
): Promise<Logged> {
  let time = 0
  const tick = (): number => ++time
  const now = (): Date => new Date(tick())
  const name: IdentitySource = paging === 'offset' ? 'LEGACY' : 'SITE_PARTNER'
  const store = new LoggedStore(name)
  const [wronged, unexpected]: [string[], unknown[]] = [[], []]
  let follower: LogFollower | undefined
  store.onReady = () => void (follower = new LogFollower(store))
  let end = (): void => {}

  const write = async ({ change, turns }: OwnWrite): Promise<void> => {
    const id = upstream.apply(change)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    const version = id === undefined ? undefined : upstream.population().get(id)
    if (id !== undefined && version !== undefined) {
      const askedAt = now()
      await store.save({ source: name, rows: [versionOf(name, id, Number(version), askedAt)], askedAt })
    } else if (id !== undefined) await store.remove(name, [id], now())
  }
  const upstream = new RestlessSource(size, plan, tick, async (call, signal) => {
    for (const each of writes) if (each.call === call) await write(each)
    if (!deaths.includes(call)) return
    end()
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const remove = store.remove.bind(store)
  store.remove = async (source, ids, askedAt) => {
    wronged.push(...ids.filter((id) => upstream.has(id)))
    return remove(source, ids, askedAt)
  }
  const whole = ({ sourceId, firstName }: Identity): Identity => versionOf(name, sourceId, Number(firstName), now())
  const row = (identity: Identity): Identity => (sparse ? listed(whole(identity)) : whole(identity))
  const accounts = described(paging === 'offset' ? upstream.offset() : upstream.cursor('refuse'), whole, row)

  const course = { quietSweeps: 0, sweeps: 0, isDone: false }
  let state: SyncState | undefined
  while (!course.isDone) {
    const over = new Promise<void>((resolve) => void (end = resolve))
    const wasQuiet = { atStart: upstream.isQuiet }
    course.quietSweeps = 0
    const sync = new SourceSync(accounts, {
      writer: store,
      sweepIntervalMs: 60,
      pollIntervalMs: 25,
      clock: {
        now,
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
          follower?.follow(first)
          if (outcome === 'WHOLE' && wasQuiet.atStart) course.quietSweeps++
          wasQuiet.atStart = upstream.isQuiet
          course.isDone = course.quietSweeps >= 2 || ++course.sweeps >= MAX_SWEEPS
          if (course.isDone) end()
        },
      },
    })
    sync.start()
    await over
    await sync.stop()
    ;({ state } = sync)
    store.reopen()
  }
  if (!follower) throw new Error('no sweep was ever whole')
  follower.follow(first)
  return { upstream, store, state: state as SyncState, follower, wronged, unexpected }
}

/** The same source with other words for its accounts: in a list, and alone. */
function described(
  source: AccountSource,
  whole: (identity: Identity) => Identity,
  row: (identity: Identity) => Identity,
): AccountSource {
  const paged = <Answer extends Page | null>(page: Answer): Answer => page && { ...page, rows: page.rows.map(row) }
  if (source.paging === 'cursor') {
    const readPage: typeof source.readPage = async (token, scope) => paged(await source.readPage(token, scope))
    return { ...source, readPage }
  }
  const readPage: typeof source.readPage = async (token, scope) => paged(await source.readPage(token, scope))
  const readOne: typeof source.readOne = async (id, scope) => {
    const found = await source.readOne(id, scope)
    return found && whole(found)
  }
  return { ...source, readPage, readOne }
}
