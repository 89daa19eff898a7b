import { PublicError, upstreamError } from '../errors.ts'
import { MAX_PAGE_SIZE, type AccountSource, type ReadScope } from './account-source.ts'
import { readCursorBatch } from './cursor-walk.ts'
import type { Identity } from './identity.ts'
import { START, type Place } from './place.ts'

/** A million accounts. A list that goes on beyond that is taken for one that never ends. */
const MAX_PAGES = 10_000

/** Rows of a sweep that follow each other. */
export interface SweptPage {
  readonly rows: readonly Identity[]
  /** Whether they were read while this reader was there, and not before for others. */
  readonly fresh: boolean
}

/**
 * One reading of a source's whole list, from the start, page by page. Whoever looks for someone joins it: the pages that
 * it has are given again, the next one is read when somebody needs it.
 */
export class Sweep {
  /** Monotonic milliseconds. */
  readonly startedAt: number
  readonly #source: AccountSource
  readonly #onOver: () => void
  readonly #pages: (readonly Identity[])[] = []
  readonly #ids = new Set<string>()
  #place: Place = START
  #readers = 0
  #complete = false
  #lost = false
  #interrupted = false

  /** @param onOver called when nobody can join it any more: it was read to its end, lost its place, or was left. */
  constructor(source: AccountSource, startedAt: number, onOver: () => void = () => {}) {
    this.#source = source
    this.startedAt = startedAt
    this.#onOver = onOver
  }

  /** Whether somebody reads it, or somebody's time was up before its end: that one's next try should go on with it. */
  get joinable(): boolean {
    return !this.#complete && !this.#lost && (this.#readers > 0 || this.#interrupted)
  }

  /** The rows, page by page, each id once. Pages read earlier, also for others, come without a call. */
  async *pages(scope: ReadScope): AsyncGenerator<SweptPage> {
    const known = this.#pages.length
    this.#readers++
    try {
      for (let index = 0; ; index++) {
        if (index === this.#pages.length && !this.#complete) await this.#readNext(index, scope)
        const rows = this.#pages[index]
        if (!rows) return
        yield { rows, fresh: index >= known }
      }
    } catch (error) {
      this.#lost ||= isPlaceLost(error)
      this.#interrupted = true
      throw error
    } finally {
      this.#readers--
      if (!this.joinable) this.#onOver()
    }
  }

  /**
   * Callers that wait for the same page ask for it each on its own: they ask in the same words, so the transport makes one
   * call of it, and that call lives as long as one of them waits. The first to get the answer writes it down.
   */
  async #readNext(index: number, scope: ReadScope): Promise<void> {
    if (index >= MAX_PAGES)
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', this.#source.source, 'the list does not end')
    const { rows, last, place } = await this.#read(index, scope)
    if (index < this.#pages.length || this.#complete) return
    const fresh = rows.filter((row) => !this.#ids.has(row.sourceId))
    for (const row of fresh) this.#ids.add(row.sourceId)
    this.#place = place
    // No new id: the upstream repeats itself, and would for ever.
    this.#complete = last || fresh.length === 0
    if (fresh.length > 0) this.#pages.push(fresh)
  }

  async #read(index: number, scope: ReadScope): Promise<{ rows: readonly Identity[]; last: boolean; place: Place }> {
    const source = this.#source
    if (source.paging === 'offset') {
      const { rows } = await source.readPage({ page: index + 1, size: MAX_PAGE_SIZE }, scope)
      return { rows, last: rows.length < MAX_PAGE_SIZE, place: this.#place }
    }
    const read = source.readPage
    const batch = await readCursorBatch(source.source, (token) => read(token, scope), this.#place, MAX_PAGE_SIZE)
    if (batch.more && batch.rows.every(({ identity }) => this.#ids.has(identity.sourceId))) {
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', source.source, 'the cursor does not move')
    }
    return { rows: batch.rows.map((row) => row.identity), last: !batch.more, place: batch.place }
  }
}

function isPlaceLost(error: unknown): boolean {
  return error instanceof PublicError && error.code === 'WALK_INTERRUPTED'
}
