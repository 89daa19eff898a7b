import { LRUCache } from 'lru-cache'
import { formatIdentityId, type AccountKey } from '../identity/identity-id.ts'
import type { IdentitySource } from '../identity/identity.ts'
import type { Written } from '../identity/writes/written.ts'
import type { DirectoryWriter } from './store/store.ts'

/** How long reads wait for a write to be kept, in milliseconds. */
const MAX_WAIT_MS = 1_000
const MAX_DOUBTED = 10_000

export interface WrittenAccountsOptions {
  readonly writer: Pick<DirectoryWriter, 'save' | 'remove'>
  readonly now: () => Date
  readonly monotonicNow: () => number
  readonly onFault: (error: unknown) => void
}

/**
 * Keeps what our own writes have shown. Reads wait for that, so that a write shows as soon as it is answered; and where it
 * cannot be kept, or nobody knows what became of it, the directory counts as older than the write: the source is asked.
 */
export class WrittenAccounts {
  readonly #options: WrittenAccountsOptions
  readonly #pending = new Map<IdentitySource, Set<Promise<void>>>()
  readonly #lists = new Map<IdentitySource, number>()
  readonly #accounts = new LRUCache<string, number>({ max: MAX_DOUBTED })

  constructor(options: WrittenAccountsOptions) {
    this.#options = options
  }

  /** When the last write of the source ended that the directory may lack, in monotonic milliseconds; -Infinity: it has all. */
  listDoubtedSince(source: IdentitySource): number {
    return this.#lists.get(source) ?? Number.NEGATIVE_INFINITY
  }

  /** Whether there is any account of which the following says something. */
  get isAnyDoubted(): boolean {
    return this.#accounts.size > 0
  }

  /** The same of one account. */
  doubtedSince(key: AccountKey): number {
    // As a rule there is none, and to name it would be most of the work.
    if (!this.isAnyDoubted) return Number.NEGATIVE_INFINITY
    return this.#accounts.get(formatIdentityId(key)) ?? Number.NEGATIVE_INFINITY
  }

  take(written: Written): void {
    const { source } = written
    const now = this.#options.now()
    const save = this.#save(written, now)
    if (!save) return this.#doubt(written)
    const pending = this.#pending.get(source) ?? new Set()
    this.#pending.set(source, pending)
    const kept = this.#keep(written, save).finally(() => pending.delete(kept))
    pending.add(kept)
  }

  /** Undefined: there is nothing to wait for. */
  whenKept(sources: readonly IdentitySource[]): Promise<unknown> | undefined {
    if (!sources.some((source) => this.#pending.get(source)?.size)) return undefined
    return Promise.all(sources.flatMap((source) => [...(this.#pending.get(source) ?? [])]))
  }

  #save({ source, sourceId, identity, gone }: Written, now: Date): Promise<unknown> | undefined {
    const { writer } = this.#options
    if (gone && sourceId !== null) return writer.remove(source, [sourceId], now)
    return identity ? writer.save({ source, rows: [identity], askedAt: now }) : undefined
  }

  async #keep(written: Written, save: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('A write took too long to be kept')), MAX_WAIT_MS)
    })
    try {
      await Promise.race([save, late])
    } catch (error) {
      this.#doubt(written)
      this.#options.onFault(error)
    } finally {
      clearTimeout(timer)
    }
  }

  #doubt({ source, sourceId }: Written): void {
    const now = this.#options.monotonicNow()
    this.#lists.set(source, now)
    if (sourceId !== null) this.#accounts.set(formatIdentityId({ source, sourceId }), now)
  }
}
