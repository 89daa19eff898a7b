import { sourceNotConfigured, upstreamError } from '../errors.ts'
import type { AccountSource, ReadScope } from './account-source.ts'
import { toLiveWalk } from './connection-arguments.ts'
import { toConnection } from './connection.ts'
import { decodeCursor, encodeCursor, type CursorKeys } from './cursor.ts'
import { createHolderLoader } from './holder-lookup.ts'
import type { IdentityDirectory, OpenDirectory } from './identity-directory.ts'
import { isSafeSourceId } from './identity-id.ts'
import { completed, type IdentitySource } from './identity.ts'
import { openSource, shareSource, type SharedSource } from './source-session.ts'
import { SourceStates, type SourceState } from './source-states.ts'
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
}

export interface LiveDirectory {
  readonly openDirectory: OpenDirectory
  readonly sourceStates: () => readonly SourceState[]
  /** A source as all requests share it; undefined when it is not configured. */
  readonly shared: (source: IdentitySource) => SharedSource | undefined
  /** From now on nobody is given what was asked of this source before. */
  readonly onWritten: (written: Pick<Written, 'source'>) => void
}

/** A directory that holds no accounts and asks the sources. Requests share only hints and the sweeps under way. */
export function createLiveDirectory(options: LiveDirectoryOptions): LiveDirectory {
  const names = options.sources.map(({ source }) => source)
  const states = new SourceStates(names, options.now, options.onStateChange)
  const shared = options.sources.map((source) => shareSource(states.observe(source), options.monotonicNow))
  const find = (name: IdentitySource) => shared.find(({ source }) => source.source === name)
  return {
    openDirectory: (scope) => openLiveDirectory(scope, shared, states, options),
    sourceStates: () => states.list(),
    shared: find,
    onWritten({ source }) {
      const written = find(source)
      if (written) written.writtenAt = options.monotonicNow()
    },
  }
}

function openLiveDirectory(
  scope: ReadScope,
  shared: readonly SharedSource[],
  states: SourceStates,
  { cursorKeys, now }: LiveDirectoryOptions,
): IdentityDirectory {
  const sessions = new Map(shared.map((each) => [each.source.source, openSource(each, scope)]))
  const readers = Object.fromEntries([...sessions].map(([source, session]) => [source, session.readStretch]))

  const complete: IdentityDirectory['complete'] = async (listed) => {
    const readWhole = sessions.get(listed.source)?.readWhole
    if (!readWhole) return listed
    // Nothing stands for a field that cannot be asked for: null would say that there is none.
    if (!isSafeSourceId(listed.source, listed.sourceId)) {
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', listed.source, 'an account has an id that cannot be asked for')
    }
    const whole = await readWhole(listed.sourceId)
    return whole ? completed(listed, whole) : listed
  }
  const joinSweeps = (): Sweep[] => [...sessions.values()].map((session) => session.joinSweep())
  const holders = createHolderLoader(joinSweeps, complete, scope)

  return {
    async identity({ source, sourceId }, needs) {
      const session = sessions.get(source)
      if (!session) throw sourceNotConfigured(source)
      return session.accounts.load(sourceId, needs)
    },

    async identities(args) {
      const question = toLiveWalk(args)
      const [only, ...others] = question.sources
      if (only && others.length === 0 && !sessions.has(only)) throw sourceNotConfigured(only)
      const query = question.fingerprint
      const from = question.after === undefined ? WALK_START : decodeCursor(question.after, query, cursorKeys).positions
      const toCursor = (positions: Positions): string => encodeCursor({ mode: 'live', query, positions }, cursorKeys)
      const page = await walkPage(from, { ...question, readers, toCursor, now })
      return toConnection(page, question.after !== undefined)
    },

    async holder(email) {
      const found = await holders.load(email)
      return found.length > 0 ? { __typename: 'IdentityHolder', email } : null
    },

    identitiesOf: async (email) => holders.load(email),

    complete,

    sourceStates: () => states.list(),
  }
}
