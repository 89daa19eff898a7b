import { PublicError } from '../../errors.ts'
import type { DirectoryWriter, Missing, MissingAccount } from '../store/store.ts'
import { isCredible, proveGone } from './gone.ts'
import type { SourceReader } from './source-reader.ts'
import type { SyncClock } from './sync-clock.ts'

/** How many of the missing are asked for after one sweep; the others after the next ones. */
const MAX_PROOFS = 100
/** How many of the missing are named by the store, so that those whom nothing can be learned of do not block the others. */
export const MAX_NAMED = 1_000
/** In how many whole sweeps in a row somebody must be lacking whom the upstream does not deny. */
const UNLISTED_SWEEPS = 3

/** Decides after each whole sweep who is gone. */
export class Conclusions {
  readonly #reader: SourceReader
  readonly #writer: DirectoryWriter
  readonly #clock: SyncClock
  /** How often in a row an account was unlisted. */
  #unlisted = new Map<string, number>()
  #round = 0
  #removed = 0

  constructor(reader: SourceReader, writer: DirectoryWriter, clock: SyncClock) {
    this.#reader = reader
    this.#writer = writer
    this.#clock = clock
  }

  /** How many the last call of `draw` has removed, also if it failed in the end. */
  get removed(): number {
    return this.#removed
  }

  /**
   * Proves of those who are missing after a whole sweep that they are gone, one by one, and removes them. Where too many are missing to believe it, nobody is.
   *
   * @throws PublicError of the source where it stops answering, and whatever the store rejects with.
   */
  async draw(missing: Missing): Promise<void> {
    this.#removed = 0
    if (!isCredible(missing)) return
    const others = new Map(missing.accounts.map((account) => [account.sourceId, account]))
    const before = this.#unlisted
    // Who has been seen since then begins anew.
    this.#unlisted = new Map([...before].filter(([id]) => others.has(id)))
    for (const account of this.#choose(missing.accounts)) await this.#decide(account, others)
  }

  #choose(accounts: readonly MissingAccount[]): readonly MissingAccount[] {
    if (accounts.length <= MAX_PROOFS) return accounts
    const start = (this.#round++ * MAX_PROOFS) % accounts.length
    return [...accounts.slice(start), ...accounts.slice(0, start)].slice(0, MAX_PROOFS)
  }

  async #decide(account: MissingAccount, others: ReadonlyMap<string, MissingAccount>): Promise<void> {
    const { sourceId } = account
    const { source } = this.#reader
    const askedAt = this.#clock.now()
    const verdict = await proveGone(this.#reader, account, others).catch(asUndecided)
    if (typeof verdict === 'object') await this.#writer.save({ source, rows: verdict.there, askedAt })
    const unlisted = verdict === 'unlisted' ? (this.#unlisted.get(sourceId) ?? 0) + 1 : 0
    if (unlisted > 0) this.#unlisted.set(sourceId, unlisted)
    else this.#unlisted.delete(sourceId)
    if (verdict !== 'gone' && unlisted < UNLISTED_SWEEPS) return
    await this.#writer.remove(source, [sourceId], askedAt)
    this.#removed++
  }
}

/** One record that cannot be read must not keep the others from being looked at; a source that is down, must. */
function asUndecided(error: unknown): 'undecided' {
  if (error instanceof PublicError && error.code === 'UPSTREAM_INVALID_RESPONSE') return 'undecided'
  throw error
}
