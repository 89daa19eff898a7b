import { directoryNotReady, PublicError, sourceNotConfigured } from '../errors.ts'
import type { ReadScope } from '../identity/account-source.ts'
import type { IdentityConnection } from '../identity/connection.ts'
import type { CursorKeys } from '../identity/cursor.ts'
import { encodeDirectoryCursor } from '../identity/directory-cursor.ts'
import type { IdentityDirectory, OpenDirectory } from '../identity/identity-directory.ts'
import type { AccountKey } from '../identity/identity-id.ts'
import type { Identity, IdentitySource } from '../identity/identity.ts'
import type { SourceState } from '../identity/source-states.ts'
import { chooseMode, type Mode } from './choose-mode.ts'
import { readConnection } from './directory-connection.ts'
import { DirectoryFault } from './fault.ts'
import { inTime } from './in-time.ts'
import { Standings, type StandingsOptions } from './standings.ts'
import { toDirectoryWalk, type DirectoryWalk } from './walk-arguments.ts'

export interface SyncedDirectoryOptions extends StandingsOptions {
  /** Answers what the directory cannot, and what must be read live. */
  readonly openLive: OpenDirectory
  readonly configured: readonly IdentitySource[]
  readonly sourceStates: () => readonly SourceState[]
  readonly cursorKeys: CursorKeys
  /** Told of a fault of the store, in place of which the sources were asked or the caller refused. */
  readonly onFault: (error: unknown) => void
}

/** A directory that answers from what is kept, as far as that is good enough for the request, and else from the sources. */
export function createSyncedDirectory(options: SyncedDirectoryOptions): OpenDirectory {
  return (scope) => new SyncedDirectory(scope, options)
}

type Asked = Pick<DirectoryWalk, 'begunIn' | 'needsDirectory' | 'fields'>
const ANY_HOLDER: Asked = { begunIn: null, needsDirectory: false, fields: ['email'] }

class SyncedDirectory implements IdentityDirectory {
  readonly #options: SyncedDirectoryOptions
  readonly #scope: ReadScope
  readonly #standings: Standings
  readonly #openedAt: number
  #opened: IdentityDirectory | undefined
  /** Decided once: a request may ask for a thousand addresses. */
  #holdersMode: Mode | undefined
  readonly #holders = new Map<string, Promise<readonly Identity[] | undefined>>()

  constructor(scope: ReadScope, options: SyncedDirectoryOptions) {
    this.#options = options
    this.#scope = scope
    this.#openedAt = options.monotonicNow()
    this.#standings = new Standings(scope, options)
  }

  /** Most requests never need it. */
  get #live(): IdentityDirectory {
    return (this.#opened ??= this.#options.openLive(this.#scope, this.#openedAt))
  }

  readonly identity: IdentityDirectory['identity'] = async (key, needs) => {
    const { configured, written } = this.#options
    if (!configured.includes(key.source)) throw sourceNotConfigured(key.source)
    await written.whenKept([key.source])
    const [kept] = this.#tryKeys([key])
    return kept === undefined ? this.#live.identity(key, needs) : kept
  }

  readonly identitiesByKey: IdentityDirectory['identitiesByKey'] = (keys, needs) => {
    const { configured, written } = this.#options
    const isPlain = !written.whenKept(configured) && keys.every(({ source }) => configured.includes(source))
    if (!isPlain) return keys.map((key) => this.identity(key, needs))
    const kept = this.#tryKeys(keys)
    return keys.map((key, at) => {
      const identity = kept[at]
      return identity === undefined ? this.#live.identity(key, needs) : identity
    })
  }

  readonly identities: IdentityDirectory['identities'] = async (args) => {
    const walk = toDirectoryWalk(args, this.#options.cursorKeys)
    const { configured, written } = this.#options
    const sources = walk.question.sources.filter((source) => configured.includes(source))
    const [only] = walk.question.sources
    if (only && sources.length === 0) throw sourceNotConfigured(only)
    await written.whenKept(sources)
    const mode = this.#tryKept(() => this.#modeOf(walk, sources)) ?? modeWithoutStore(walk)
    if (mode === 'broken') throw storeNotReadable()
    if (mode === 'live') return this.#live.identities(args)
    if (mode === 'unready') throw directoryNotReady('The lists have not been read to their end yet. Try again shortly.')
    if (mode === 'lacking')
      throw directoryNotReady('Some accounts still lack a field that this goes by. Try again later.')
    if (mode === 'wait') await this.#whenFresh(sources)
    return this.#readPage(walk, sources)
  }

  readonly holder: IdentityDirectory['holder'] = async (email) => {
    const kept = await this.#tryHolders(email)
    if (!kept) return this.#live.holder(email)
    return kept.length > 0 ? { __typename: 'IdentityHolder', email } : null
  }

  readonly identitiesOf: IdentityDirectory['identitiesOf'] = async (email) =>
    (await this.#tryHolders(email)) ?? this.#live.identitiesOf(email)

  readonly complete: IdentityDirectory['complete'] = async (identity) => this.#live.complete(identity)

  readonly asOf: IdentityDirectory['asOf'] = async (identity) => this.#live.asOf(identity)

  sourceStates(): readonly SourceState[] {
    return this.#options.sourceStates()
  }

  #modeOf({ begunIn, needsDirectory, fields }: Asked, sources: readonly IdentitySource[]): Mode {
    const standings = sources.map((source) => this.#standings.of(source, fields))
    return chooseMode({ begunIn, needsDirectory, standings })
  }

  async #readPage(
    { question, fingerprint }: DirectoryWalk,
    sources: readonly IdentitySource[],
  ): Promise<IdentityConnection> {
    const { reader, sourceStates } = this.#options
    const { signal } = this.#scope
    // Once for the page: whether they were rotated is looked up each time.
    const keys = this.#options.cursorKeys()
    const refuse = (error: unknown): never => {
      throw this.#asNotReady(error)
    }
    // The list as a whole is as old as the last whole sweep; each row says for itself.
    const dated = (state: SourceState): SourceState => {
      const isKept = sources.includes(state.source)
      const asOf = isKept && this.#tryKept(() => reader.knowledge(state.source).whole?.startedAt)
      return asOf ? { ...state, asOf } : state
    }
    return readConnection(
      { ...question, sources },
      {
        reader: {
          page: async (each) => inTime(reader.page(each), signal).catch(refuse),
          count: async (...parameters) => inTime(reader.count(...parameters), signal).catch(refuse),
        },
        toCursor: (position) => encodeDirectoryCursor(position, fingerprint, () => keys),
        sources: () =>
          sourceStates()
            .filter(({ source }) => question.sources.includes(source))
            .map(dated),
      },
    )
  }

  /** Undefined: the directory cannot say who has it. A holder and their identities are one question. */
  #tryHolders(email: string): Promise<readonly Identity[] | undefined> {
    const asked = this.#holders.get(email) ?? this.#findHolders(email)
    this.#holders.set(email, asked)
    return asked
  }

  async #findHolders(email: string): Promise<readonly Identity[] | undefined> {
    const { configured, reader, written } = this.#options
    await written.whenKept(configured)
    return this.#tryKept(() => {
      this.#holdersMode ??= this.#modeOf(ANY_HOLDER, configured)
      return this.#holdersMode === 'directory' ? reader.byEmails([email], configured)[0] : undefined
    })
  }

  /** Of each, undefined: the directory cannot say; null: there is none. */
  #tryKeys(keys: readonly AccountKey[]): readonly (Identity | null | undefined)[] {
    const { reader } = this.#options
    const judge = (identity: Identity | undefined, at: number): Identity | null | undefined => {
      if (identity) return this.#standings.isGood(identity) ? identity : undefined
      return this.#standings.provesAbsence(keys[at] as AccountKey) ? null : undefined
    }
    return this.#tryKept(() => reader.byKeys(keys).map(judge)) ?? []
  }

  /** Undefined also where the store fails: that says nothing of anybody. */
  #tryKept<Value>(read: () => Value): Value | undefined {
    try {
      return read()
    } catch (error) {
      this.#asNotReady(error)
      return undefined
    }
  }

  async #whenFresh(sources: readonly IdentitySource[]): Promise<void> {
    const { sync } = this.#options
    const wait = async (source: IdentitySource): Promise<void> => {
      const notBefore = this.#standings.sweepNotBefore(source)
      // A sweep that is kept from before may do, and syncing knows only its own.
      if (this.#standings.of(source, []).fresh) return
      await sync.whenFresh(source, notBefore, this.#scope.signal).catch((cause: unknown) => {
        const code = cause instanceof PublicError ? cause.code : 'INTERNAL_SERVER_ERROR'
        throw directoryNotReady(`${source} could not be read anew in time (${code}).`, source, { cause })
      })
    }
    await Promise.all(sources.map(wait))
  }

  /** @throws whatever is no fault of the store. */
  #asNotReady(error: unknown): PublicError {
    if (!(error instanceof DirectoryFault)) throw error
    this.#options.onFault(error)
    return storeNotReadable(error)
  }
}

function modeWithoutStore({ begunIn, needsDirectory }: Asked): 'live' | 'broken' {
  return begunIn === 'directory' || needsDirectory ? 'broken' : 'live'
}

function storeNotReadable(cause?: unknown): PublicError {
  return directoryNotReady('The directory cannot be read at the moment.', undefined, { cause })
}
