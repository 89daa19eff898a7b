import { upstreamError, walkInterrupted } from '../errors.ts'
import { MAX_PAGE_SIZE, type AccountSource, type Page } from './account-source.ts'
import type { Identity } from './identity.ts'

/** A million accounts. A list that goes on beyond that is taken for one that never ends. */
const MAX_PAGES = 10_000

/**
 * One reading of a source's whole list, from the start, page by page. Whoever looks for someone joins it: the pages that
 * it has are given again, the next one is read when somebody needs it. A sweep that nobody ends stays where it is.
 */
export class Sweep {
  readonly #source: AccountSource
  readonly #pages: (readonly Identity[])[] = []
  readonly #ids = new Set<string>()
  #after: string | null = null
  #complete = false
  #lost = false

  constructor(source: AccountSource) {
    this.#source = source
  }

  get complete(): boolean {
    return this.#complete
  }

  /** Whether the place where it stands has gone from the list, so that only another sweep can be read to its end. */
  get lost(): boolean {
    return this.#lost
  }

  /** The rows, page by page, each id once. Pages read earlier, also for others, come without a call. */
  async *pages(signal: AbortSignal): AsyncGenerator<readonly Identity[]> {
    for (let index = 0; ; index++) {
      if (index === this.#pages.length) {
        if (this.#complete) return
        await this.#readNext(index, signal)
      }
      const rows = this.#pages[index]
      if (!rows) return
      yield rows
    }
  }

  /**
   * Callers that wait for the same page ask for it each on its own: they ask in the same words, so the transport makes one
   * call of it, and that call lives as long as one of them waits. The first to get the answer writes it down.
   */
  async #readNext(index: number, signal: AbortSignal): Promise<void> {
    if (index >= MAX_PAGES)
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', this.#source.source, 'the list does not end')
    const { page, last } = await this.#read(index, signal)
    if (index < this.#pages.length || this.#complete) return
    const fresh = page.rows.filter((row) => !this.#ids.has(row.sourceId))
    for (const row of fresh) this.#ids.add(row.sourceId)
    this.#after = page.rows.at(-1)?.sourceId ?? this.#after
    // No new id: the upstream repeats itself, and would for ever.
    this.#complete = last || fresh.length === 0
    if (fresh.length > 0) this.#pages.push(fresh)
  }

  async #read(index: number, signal: AbortSignal): Promise<{ page: Page; last: boolean }> {
    const source = this.#source
    if (source.paging === 'offset') {
      const page = await source.readPage({ page: index + 1, size: MAX_PAGE_SIZE }, signal)
      return { page, last: page.rows.length < MAX_PAGE_SIZE }
    }
    const page = await source.readPage({ after: this.#after, size: MAX_PAGE_SIZE }, signal)
    if (!page) {
      this.#lost = true
      throw walkInterrupted(source.source)
    }
    if (page.more && page.rows.every((row) => this.#ids.has(row.sourceId))) {
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', source.source, 'the cursor does not move')
    }
    return { page, last: !page.more }
  }
}
