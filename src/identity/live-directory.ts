import { notSupported, type PublicError } from '../errors.ts'
import type { AccountSource } from './account-source.ts'
import { toLiveWalk } from './connection-arguments.ts'
import { toConnection } from './connection.ts'
import { decodeCursor, encodeCursor, type CursorKeys } from './cursor.ts'
import { createHolderLoader } from './holder-lookup.ts'
import type { IdentityDirectory, OpenDirectory, ReadScope } from './identity-directory.ts'
import { isSafeSourceId } from './identity-id.ts'
import { completed, type IdentitySource } from './identity.ts'
import { createAccountLoader } from './lookup.ts'
import { SourceStates, type SourceState } from './source-states.ts'
import { createStretchReader } from './stretch-reader.ts'
import { SharedSweep, type Sweep } from './sweep.ts'
import { walkPage, WALK_START, type Positions } from './walk.ts'

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
}

/** A directory that holds nothing and asks the sources: what requests share is their states and the sweeps under way. */
export function createLiveDirectory(options: LiveDirectoryOptions): LiveDirectory {
  const states = new SourceStates(
    options.sources.map(({ source }) => source),
    options.now,
    options.onStateChange,
  )
  const sources = options.sources.map((source) => states.observe(source))
  const sweeps = new Map(sources.map((each) => [each.source, new SharedSweep(each, options.monotonicNow)]))
  return {
    openDirectory: (scope) => openLiveDirectory(scope, sources, sweeps, states, options),
    sourceStates: () => states.list(),
  }
}

function openLiveDirectory(
  scope: ReadScope,
  sources: readonly AccountSource[],
  sweeps: ReadonlyMap<IdentitySource, SharedSweep>,
  states: SourceStates,
  { cursorKeys, now }: LiveDirectoryOptions,
): IdentityDirectory {
  const join = (source: IdentitySource): Sweep => (sweeps.get(source) as SharedSweep).join(scope.maxAgeMs)
  const accounts = new Map(
    sources.map((each) => [each.source, createAccountLoader(each, () => join(each.source), scope.signal)]),
  )
  const singles = new Set(sources.filter((each) => each.paging === 'offset').map((each) => each.source))
  const readers = Object.fromEntries(sources.map((each) => [each.source, createStretchReader(each, scope.signal)]))
  const holders = createHolderLoader(() => sources.map((each) => join(each.source)), scope.signal)

  const identity: IdentityDirectory['identity'] = async ({ source, sourceId }) => {
    const loader = accounts.get(source)
    if (!loader) throw unconfigured(source)
    return loader.load(sourceId)
  }

  return {
    identity,

    async identities(args) {
      const question = toLiveWalk(args)
      const [only] = question.sources
      if (question.sources.length === 1 && only && !accounts.has(only)) throw unconfigured(only)
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

    async complete(listed) {
      if (!singles.has(listed.source) || !isSafeSourceId(listed.source, listed.sourceId)) return listed
      const single = await identity(listed)
      return single ? completed(listed, single) : listed
    },

    sourceStates: () => states.list(),
  }
}

const CREDENTIALS: Readonly<Record<IdentitySource, string>> = {
  LEGACY: 'LEGACY_APPLICATION_KEY and LEGACY_USER_API_KEY',
  SITE_PARTNER: 'SITE_PARTNER_CLIENT_ID and SITE_PARTNER_CLIENT_SECRET',
}

function unconfigured(source: IdentitySource): PublicError {
  return notSupported(`${source} is not configured on this server (settings ${CREDENTIALS[source]}).`, source)
}
