import { PublicError, upstreamError } from '../errors.ts'
import { MAX_PAGE_SIZE, type AccountSource, type ReadScope } from './account-source.ts'
import { readCursorBatch } from './cursor-walk.ts'
import type { Identity } from './identity.ts'
import { START, trimPlace, type Place } from './place.ts'

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
  /** When it was begun and when its last page was read, in monotonic milliseconds. */
  readonly startedAt: number
  #readAt: number
  readonly #source: AccountSource
  readonly #monotonicNow: () => number
  readonly #onOver: () => void
  #pages: (readonly Identity[])[] = []
  #ids = new Set<string>()
  #place: Place = START
  #readers = 0
  #complete = false
  #lost = false
  #interrupted = false
  /** Whether the list still stands as it did when the last page was read. Nobody watched it while there was no reader. */
  #inPlace = true

  /** @param onOver called when nobody can join it any more: it was read to its end, lost its place, or was left. */
  constructor(source: AccountSource, monotonicNow: () => number, onOver: () => void = () => {}) {
    this.#source = source
    this.#monotonicNow = monotonicNow
    this.#onOver = onOver
    this.startedAt = monotonicNow()
    this.#readAt = this.startedAt
  }

  get readAt(): number {
    return this.#readAt
  }

  /** Whether somebody reads it, or somebody's time was up before its end: that one's next try should go on with it. */
  get joinable(): boolean {
    return !this.#complete && !this.#lost && (this.#readers > 0 || this.#interrupted)
  }

  /** The rows, page by page, each id once. Pages read earlier, also for others, come without a call. */
  async *pages(reader: ReadScope): AsyncGenerator<SweptPage> {
    // What others had asked for before this sweep began may be older than somebody who joins it accepts.
    const scope = { ...reader, notBefore: Math.max(reader.notBefore, this.startedAt) }
    this.#readers++
    try {
      if (!this.#inPlace) await this.#findPlace(scope)
      const known = this.#pages.length
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
      if (this.#readers === 0) this.#inPlace = this.#pages.length === 0 || this.#source.paging === 'cursor'
      if (!this.joinable) this.#onOver()
    }
  }

  /**
   * A page number says nothing of what was deleted meanwhile. If the last page that was read still ends as it did, the next
   * one follows it; if not, the reading begins anew. A cursor needs no such proof.
   */
  async #findPlace(scope: ReadScope): Promise<void> {
    const source = this.#source
    if (source.paging !== 'offset') return
    const pages = this.#pages
    const { rows } = await source.readPage({ page: pages.length, size: MAX_PAGE_SIZE }, scope)
    // Another reader may have found the place, or begun anew, while this one waited.
    if (this.#inPlace || pages !== this.#pages) return
    this.#inPlace = true
    if (rows.at(-1)?.sourceId === this.#place.seen.at(-1)) return
    this.#pages = []
    this.#ids = new Set()
    this.#place = START
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
    const fresh = rows.filter((row) => {
      const known = this.#ids.size
      // Added while it is asked: an id can stand twice in one page as well.
      return this.#ids.add(row.sourceId).size > known
    })
    this.#place = trimPlace(place)
    this.#readAt = this.#monotonicNow()
    // No new id: the upstream repeats itself, and would for ever.
    this.#complete = last || fresh.length === 0
    if (fresh.length > 0) this.#pages.push(fresh)
  }

  async #read(index: number, scope: ReadScope): Promise<{ rows: readonly Identity[]; last: boolean; place: Place }> {
    const source = this.#source
    if (source.paging === 'offset') {
      const { rows } = await source.readPage({ page: index + 1, size: MAX_PAGE_SIZE }, scope)
      const place = { ...START, seen: rows.slice(-1).map((row) => row.sourceId) }
      return { rows, last: rows.length < MAX_PAGE_SIZE, place }
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
