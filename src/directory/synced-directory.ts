import { cursorExpired, directoryNotReady, PublicError, sourceNotConfigured } from '../errors.ts'
import type { ReadScope } from '../identity/account-source.ts'
import {
  encodeChangeCursor,
  toChangesQuestion,
  type ChangesArguments,
  type ChangesQuestion,
} from '../identity/change-cursor.ts'
import { toAuditQuestion } from '../identity/audit.ts'
import type { IdentityConnection } from '../identity/connection.ts'
import type { CursorKeys } from '../identity/cursor.ts'
import { createDirectoryCursors } from '../identity/directory-cursor.ts'
import type { IdentityChangeConnection } from '../identity/identity-change.ts'
import type { IdentityDirectory, OpenDirectory } from '../identity/identity-directory.ts'
import type { Identity, IdentitySource } from '../identity/identity.ts'
import type { SourceState } from '../identity/source-states.ts'
import { audit } from './audit.ts'
import { ChangeConnection } from './change-connection.ts'
import { chooseMode, type Mode } from './choose-mode.ts'
import { readConnection } from './directory-connection.ts'
import { AUDITED_FIELDS } from './store/audit-query.ts'
import { DirectoryFault } from './store/fault.ts'
import { KeptAccounts } from './kept-accounts.ts'
import { listsNotRead, storeNotReadable, tooOld } from './not-ready.ts'
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
  readonly #accounts: KeptAccounts
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
    this.#accounts = new KeptAccounts(options.reader, this.#standings)
  }

  /** Most requests never need it. */
  get #live(): IdentityDirectory {
    return (this.#opened ??= this.#options.openLive(this.#scope, this.#openedAt))
  }

  readonly identity: IdentityDirectory['identity'] = async (key, needs) => {
    const { configured, written } = this.#options
    if (!configured.includes(key.source)) throw sourceNotConfigured(key.source)
    await written.whenKept([key.source])
    const [kept] = this.#tryKept(() => this.#accounts.byKeys([key])) ?? []
    return kept === undefined ? this.#live.identity(key, needs) : kept
  }

  readonly identitiesByKey: IdentityDirectory['identitiesByKey'] = (keys, needs) => {
    const { configured, written } = this.#options
    const isPlain = !written.whenKept(configured) && keys.every(({ source }) => configured.includes(source))
    if (!isPlain) return keys.map((key) => this.identity(key, needs))
    const kept = this.#tryKept(() => this.#accounts.byKeys(keys)) ?? []
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
    if (mode === 'unready') throw listsNotRead()
    if (mode === 'lacking')
      throw directoryNotReady('Some accounts still lack a field that this goes by. Try again later.')
    if (mode === 'aged') throw tooOld()
    if (mode === 'wait') {
      await this.#whenFresh(sources)
      // What a single answer had shown last may be older than what that sweep has shown, and not in it.
      if (this.#tryKept(() => this.#modeOf(walk, sources)) === 'aged') throw tooOld()
    }
    return this.#readPage(walk, sources)
  }

  readonly changes: IdentityDirectory['changes'] = async (args) => {
    const { configured, cursorKeys, written } = this.#options
    const question = toChangesQuestion(args, cursorKeys)
    await written.whenKept(configured)
    const log = this.#readChanges(args, question)
    // What no sweep has shown yet is not in the log: who wants all that there is now waits, but not for what is refused.
    const dated = configured.filter((source) => this.#standings.sweepNotBefore(source) > -Infinity)
    if (dated.length === 0) return log
    await this.#whenFresh(dated)
    return this.#readChanges(args, question)
  }

  readonly holder: IdentityDirectory['holder'] = async (email) => {
    const kept = await this.#tryHolders(email)
    if (!kept) return this.#live.holder(email)
    return kept.length > 0 ? { __typename: 'IdentityHolder', email } : null
  }

  readonly identitiesOf: IdentityDirectory['identitiesOf'] = async (email) =>
    (await this.#tryHolders(email)) ?? this.#live.identitiesOf(email)

  readonly audit: IdentityDirectory['audit'] = async (input, names) => {
    const { configured, reader, sync, written, sourceStates } = this.#options
    const question = toAuditQuestion(input, names)
    await written.whenKept(configured)
    return audit(question, {
      configured,
      isReady: (source) => {
        const standing = this.#tryKept(() => this.#standings.of(source, []))
        if (!standing) throw storeNotReadable()
        return standing.ready
      },
      whenFresh: async (sources) => {
        await this.#whenFresh(sources)
        if (sources.some((source) => !this.#standings.of(source, AUDITED_FIELDS).current)) throw tooOld()
      },
      ask: async (each) =>
        reader
          .audit({ ...each, notBefore: this.#standings.keptNotBefore() }, this.#scope)
          .then(this.#accounts.toGoodFindings)
          .catch(this.#refuse),
      sourceStates,
      syncStates: () => sync.states(),
    })
  }

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
    const { cursorKeys, reader, sourceStates } = this.#options
    // The list as a whole is as old as the last whole sweep; each row says for itself.
    const dated = (state: SourceState): SourceState => {
      const isKept = sources.includes(state.source)
      const asOf = isKept && this.#tryKept(() => reader.knowledge(state.source).whole?.startedAt)
      return asOf ? { ...state, asOf } : state
    }
    return readConnection(
      { ...question, sources, notBefore: this.#standings.keptNotBefore() },
      {
        reader: {
          page: async (each) => {
            try {
              return this.#accounts.toGoodPage(await reader.page(each, this.#scope))
            } catch (error) {
              throw this.#asNotReady(error)
            }
          },
          count: async (...parameters) => reader.count(...parameters, this.#scope).catch(this.#refuse),
        },
        toCursor: createDirectoryCursors(fingerprint, cursorKeys),
        sources: () =>
          sourceStates()
            .filter(({ source }) => question.sources.includes(source))
            .map(dated),
      },
    )
  }

  #readChanges({ after }: ChangesArguments, question: ChangesQuestion): IdentityChangeConnection {
    const { configured, cursorKeys, reader } = this.#options
    const page = this.#kept(() => reader.changes(configured, question.after, question.first))
    if (!page) throw cursorExpired()
    return new ChangeConnection(page, {
      after,
      toCursor: (place) => encodeChangeCursor(place, cursorKeys),
      latest: () => this.#kept(() => reader.latestChange()),
    })
  }

  /** What the store alone can answer. @throws PublicError. */
  #kept<Value>(read: () => Value): Value {
    try {
      return read()
    } catch (error) {
      if (error instanceof DirectoryFault && error.reason === 'unready') throw listsNotRead()
      throw this.#asNotReady(error)
    }
  }

  /** Undefined: the directory cannot say who has it. A holder and their identities are one question. */
  #tryHolders(email: string): Promise<readonly Identity[] | undefined> {
    const asked = this.#holders.get(email) ?? this.#findHolders(email)
    this.#holders.set(email, asked)
    return asked
  }

  async #findHolders(email: string): Promise<readonly Identity[] | undefined> {
    const { configured, written } = this.#options
    await written.whenKept(configured)
    return this.#tryKept(() => {
      this.#holdersMode ??= this.#modeOf(ANY_HOLDER, configured)
      return this.#holdersMode === 'directory' ? this.#accounts.byEmail(email, configured) : undefined
    })
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

  readonly #refuse = (error: unknown): never => {
    throw this.#asNotReady(error)
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
