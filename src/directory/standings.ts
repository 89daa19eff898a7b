import type { ReadScope } from '../identity/account-source.ts'
import type { AccountKey } from '../identity/identity-id.ts'
import type { CarriedField, Identity, IdentitySource } from '../identity/identity.ts'
import type { Standing } from './choose-mode.ts'
import type { DirectoryReader } from './store/store.ts'
import type { DirectorySync } from './sync/directory-sync.ts'
import type { WrittenAccounts } from './written-accounts.ts'

export interface StandingsOptions {
  readonly reader: DirectoryReader
  readonly sync: DirectorySync
  readonly written: WrittenAccounts
  readonly now: () => Date
  readonly monotonicNow: () => number
}

/** What the directory may be relied on for, for one request. */
export class Standings {
  readonly #options: StandingsOptions
  readonly #notBefore: number
  /** When the request began, in wall-clock milliseconds. */
  readonly #openedAt: number
  readonly #clockOffset: number

  constructor({ notBefore }: ReadScope, options: StandingsOptions) {
    this.#options = options
    this.#notBefore = notBefore
    this.#openedAt = options.now().getTime()
    this.#clockOffset = this.#openedAt - options.monotonicNow()
  }

  /** A sweep of the source must have begun at or after this, in monotonic milliseconds. */
  sweepNotBefore(source: IdentitySource): number {
    return Math.max(this.#notBefore, this.#options.written.listDoubtedSince(source))
  }

  /** @param fields those that the question goes by. */
  of(source: IdentitySource, fields: readonly CarriedField[]): Standing {
    const { reader } = this.#options
    const { ready, whole } = reader.knowledge(source)
    const notBefore = this.sweepNotBefore(source)
    const fresh = whole !== null && this.#isSince(whole.startedAt, notBefore)
    const carried = !this.#stateOf(source)?.completing || reader.countLacking(source, fields) === 0
    return { ready, fresh, carried, current: !ready || this.#isCurrent(source, fields, notBefore) }
  }

  /** What was asked of an account before this is too old for the request, in milliseconds of the epoch. */
  keptNotBefore(key?: AccountKey): number {
    const doubtedSince = key ? this.#options.written.doubtedSince(key) : -Infinity
    return Math.max(this.#notBefore, doubtedSince) + this.#clockOffset
  }

  /** Whether there may be a row that `isDoubted`. */
  get isAnyDoubted(): boolean {
    return this.#options.written.isAnyDoubted
  }

  /** Of a row of a fresh list: the list shows what a write did whose fate is unknown, its other fields may not. */
  isDoubted(identity: Identity): boolean {
    return this.hasLostWrite(identity) && !this.isGood(identity)
  }

  /** Whether the directory may lack a write of the account. */
  hasLostWrite(key: AccountKey): boolean {
    return this.#options.written.doubtedSince(key) > -Infinity
  }

  /** Whether the account, as it is kept, is good enough for this request. */
  isGood(identity: Identity): boolean {
    return this.#isSince(identity.asOf, Math.max(this.#notBefore, this.#options.written.doubtedSince(identity)))
  }

  /**
   * Whether of those whom the directory lacks it is known that they are not there, and not just never heard of, unless a write
   * of theirs was lost: syncing goes well in this process, so that whoever came since the last whole sweep turns up within the
   * time between two looks. Who cannot wait for that says `no-cache`.
   */
  provesAbsences(source: IdentitySource): boolean {
    const state = this.#stateOf(source)
    return Boolean(state?.firstSweepWhole) && state?.code === null && this.of(source, []).fresh
  }

  #isCurrent(source: IdentitySource, fields: readonly CarriedField[], notBefore: number): boolean {
    if (notBefore === -Infinity) return true
    const since = this.#options.reader.restSince(source, fields)
    return since === null || this.#isSince(since, notBefore)
  }

  #stateOf(source: IdentitySource) {
    return this.#options.sync.states().find((state) => state.source === source)
  }

  /**
   * What is kept is dated by the wall clock. What is dated later than the request was asked for at an unknown time: so under
   * `no-cache`, for which nothing lies between the two instants, nothing that is kept is good.
   */
  #isSince(instant: Date, notBefore: number): boolean {
    if (notBefore === -Infinity) return true
    const at = instant.getTime()
    return at >= notBefore + this.#clockOffset && at < this.#openedAt
  }
}
