import { needsDirectory, sourceNotConfigured, upstreamError } from '../errors.ts'
import type { AccountSource, ReadScope } from './account-source.ts'
import { toAuditQuestion } from './audit.ts'
import { toChangesQuestion } from './change-cursor.ts'
import { toLiveWalk } from './connection-arguments.ts'
import { toConnection } from './connection.ts'
import { decodeCursor, encodeCursor, type CursorKeys } from './cursor.ts'
import { createHolderLoader, type HolderLoader } from './holder-lookup.ts'
import type { IdentityDirectory, OpenDirectory } from './identity-directory.ts'
import { isSafeSourceId, type AccountKey } from './identity-id.ts'
import { completed, missingFields, type Identity, type IdentitySource } from './identity.ts'
import { RecentAccounts } from './recent-accounts.ts'
import { openSource, shareSource, type SharedSource } from './source-session.ts'
import { SourceStates, type SourceState } from './source-states.ts'
import { createReadOrRecall, type ReadOrRecall } from './stale-reads.ts'
import type { Sweep } from './sweep.ts'
import { walkPage, WALK_START, type Positions } from './walk.ts'
import type { Written } from './writes/written.ts'

export interface LiveDirectoryOptions {
  readonly sources: readonly AccountSource[]
  readonly cursorKeys: CursorKeys
  readonly now: () => Date
  readonly monotonicNow: () => number
  /** Told when a source's state is another one than before. */
  readonly onStateChange: (state: SourceState) => void
  /** Told when an earlier reading is given in place of one that failed. */
  readonly onRecalled: (source: IdentitySource) => void
  /** Whom an account stood behind, as far as anybody remembers: a hint where to look. */
  readonly predecessorOf: (key: AccountKey) => string | null | undefined
  /** Told of an account that was read alone, for what its list row did not carry. */
  readonly onCompleted: (whole: Identity) => void
}

export interface LiveDirectory {
  readonly openDirectory: OpenDirectory
  readonly sourceStates: () => readonly SourceState[]
  /** A source as all requests share it; undefined when it is not configured. */
  readonly shared: (source: IdentitySource) => SharedSource | undefined
  /** From now on nobody is given what was asked of this source before, nor ever again what was read of this account. */
  readonly onWritten: (written: Pick<Written, 'source' | 'sourceId'>) => void
}

/**
 * A directory that asks the sources. Requests share hints, the sweeps under way and, for reads that fail, how accounts
 * looked within the last ten minutes.
 */
export function createLiveDirectory(options: LiveDirectoryOptions): LiveDirectory {
  const names = options.sources.map(({ source }) => source)
  const states = new SourceStates(names, options.now, options.onStateChange)
  const recent = new RecentAccounts(options.monotonicNow)
  const shared = options.sources.map((source) =>
    shareSource(recent.observe(states.observe(source)), options.monotonicNow, (sourceId) =>
      options.predecessorOf({ source: source.source, sourceId }),
    ),
  )
  const find = (name: IdentitySource) => shared.find(({ source }) => source.source === name)
  return {
    openDirectory: (given, openedAt = options.monotonicNow()) => {
      // Its signal may be an accessor of a class, and whoever spreads it further down would leave that out.
      const scope = { ...given, signal: given.signal }
      const readOrRecall = createReadOrRecall(recent, scope, openedAt, options.onRecalled)
      return openLiveDirectory(scope, shared, states, readOrRecall, options)
    },
    sourceStates: () => states.list(),
    shared: find,
    onWritten({ source, sourceId }) {
      const written = find(source)
      if (written) written.writtenAt = options.monotonicNow()
      if (sourceId !== null) recent.forget({ source, sourceId })
    },
  }
}

function openLiveDirectory(
  scope: ReadScope,
  shared: readonly SharedSource[],
  states: SourceStates,
  readOrRecall: ReadOrRecall,
  { cursorKeys, now, onCompleted }: LiveDirectoryOptions,
): IdentityDirectory {
  const sessions = new Map(shared.map((each) => [each.source.source, openSource(each, scope)]))
  const readers = Object.fromEntries([...sessions].map(([source, session]) => [source, session.readStretch]))

  const completeBy = async (read: ReadOrRecall, listed: Identity): Promise<Identity> => {
    const readWhole = sessions.get(listed.source)?.readWhole
    if (!readWhole) return listed
    // Nothing stands for a field that cannot be asked for: null would say that there is none.
    if (!isSafeSourceId(listed.source, listed.sourceId)) {
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', listed.source, 'an account has an id that cannot be asked for')
    }
    const whole = await read(listed, missingFields(listed), () => readWhole(listed.sourceId))
    if (!whole) return listed
    onCompleted(whole)
    return completed(listed, whole)
  }
  const completions = new WeakMap<Identity, Promise<Identity>>()
  const complete: IdentityDirectory['complete'] = (listed) => {
    const completion = completions.get(listed) ?? completeBy(readOrRecall, listed)
    completions.set(listed, completion)
    return completion
  }
  const joinSweeps = (): Sweep[] => [...sessions.values()].map((session) => session.joinSweep())
  // Who has an address now is not to be told from how somebody looked before.
  let loader: HolderLoader | undefined
  const identitiesOf = async (email: string): Promise<readonly Identity[]> => {
    loader ??= createHolderLoader(joinSweeps, (listed) => completeBy(readLive, listed), scope)
    return loader.load(email)
  }

  const identity: IdentityDirectory['identity'] = async ({ source, sourceId }, needs) => {
    const session = sessions.get(source)
    if (!session) throw sourceNotConfigured(source)
    return readOrRecall({ source, sourceId }, needs, () => session.accounts.load(sourceId, needs))
  }

  return {
    identity,

    identitiesByKey: (keys, needs) => keys.map((key) => identity(key, needs)),

    async identities(args) {
      const question = toLiveWalk(args)
      const [only, ...others] = question.sources
      if (only && others.length === 0 && !sessions.has(only)) throw sourceNotConfigured(only)
      const query = question.fingerprint
      const from = question.after === undefined ? WALK_START : decodeCursor(question.after, query, cursorKeys).positions
      // Once for the page: whether they were rotated is looked up each time.
      const keys = cursorKeys()
      const toCursor = (positions: Positions): string => encodeCursor({ mode: 'live', query, positions }, () => keys)
      const page = await walkPage(from, { ...question, readers, toCursor, now })
      return toConnection(page, question.after !== undefined)
    },

    async changes(args) {
      toChangesQuestion(args, cursorKeys)
      throw needsDirectory('"identityChanges"')
    },

    async holder(email) {
      const found = await identitiesOf(email)
      return found.length > 0 ? { __typename: 'IdentityHolder', email } : null
    },

    identitiesOf,

    async audit(input, names) {
      toAuditQuestion(input, names)
      throw needsDirectory('"identityAudit"')
    },

    complete,

    async asOf(identity) {
      // GraphQL begins all fields of one object in the same go, those behind this one too.
      await Promise.resolve()
      const whole = await completions.get(identity)?.catch(() => identity)
      return (whole ?? identity).asOf
    },

    sourceStates: () => states.list(),
  }
}

const readLive: ReadOrRecall = async (_key, _fields, read) => read()
