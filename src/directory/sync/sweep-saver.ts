import type { SweepPage } from '../store/store.ts'

/** How many pages may wait: a transaction of so many takes some ten milliseconds, for which others wait who want to save. */
const MAX_WAITING = 8

/**
 * Saves a sweep's pages in their order. Pages that are read while others are being saved are saved together: a transaction
 * costs as much as saving a third of a page. There is never more than one under way, so that a page behind one that could
 * not be saved is not saved either: the place that goes with it would pass over the other's accounts.
 */
export class SweepSaver {
  readonly #save: (pages: readonly SweepPage[]) => Promise<void>
  #waiting: SweepPage[] = []
  #saving: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(save: (pages: readonly SweepPage[]) => Promise<void>) {
    this.#save = save
  }

  /**
   * Settles when there is room for the page, which is saved later.
   *
   * @throws what an earlier page was rejected with; from then on nothing is saved.
   */
  async take(page: SweepPage): Promise<void> {
    while (this.#waiting.length >= MAX_WAITING) await this.#saving
    this.#throwFailure()
    this.#waiting.push(page)
    this.#saving ??= this.#saveWaiting()
  }

  /** Settles when all pages are saved. @throws what one was rejected with. */
  async end(): Promise<void> {
    while (this.#saving) await this.#saving
    this.#throwFailure()
  }

  async #saveWaiting(): Promise<void> {
    const pages = this.#waiting
    this.#waiting = []
    try {
      await this.#save(pages)
    } catch (error) {
      this.#failure = { error }
      this.#waiting = []
    }
    this.#saving = this.#waiting.length > 0 ? this.#saveWaiting() : undefined
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error
  }
}
