import type { Identity, IdentitySource } from '../identity/identity.ts'
import type { DirectoryWriter } from './store/store.ts'

/** How much earlier an answer can have been asked for than it came, in milliseconds: no attempt takes that long. */
const MAX_CALL_MS = 10_000
/** What waits to be kept, at most; what is beyond that is asked for again when it is needed. */
const MAX_WAITING = 1_000

/** Keeps accounts that were read alone, so that nobody has to ask for the same fields again: one save at a time. */
export class CompletedAccounts {
  readonly #writer: Pick<DirectoryWriter, 'save'>
  readonly #onFault: (error: unknown) => void
  #waiting: Identity[] = []
  #isSaving = false

  constructor(writer: Pick<DirectoryWriter, 'save'>, onFault: (error: unknown) => void) {
    this.#writer = writer
    this.#onFault = onFault
  }

  readonly take = (whole: Identity): void => {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(whole)
    if (!this.#isSaving) void this.#saveAll()
  }

  async #saveAll(): Promise<void> {
    this.#isSaving = true
    // What is read in one go is kept in one go.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const accounts = Map.groupBy(this.#waiting, ({ source }) => source)
      this.#waiting = []
      for (const [source, rows] of accounts) await this.#save(source, rows)
    }
    this.#isSaving = false
  }

  async #save(source: IdentitySource, rows: readonly Identity[]): Promise<void> {
    // An answer may be shared by callers who came later than it was asked for. Too early a time costs nothing: what is
    // already known of later stays, and what was not known is filled in.
    const askedAt = new Date(Math.min(...rows.map(({ asOf }) => asOf.getTime())) - MAX_CALL_MS)
    await this.#writer.save({ source, rows, askedAt }).catch(this.#onFault)
  }
}
