import { LRUCache } from 'lru-cache'
import type { AccountSource, CursorPage, CursorPageToken, OffsetPageToken, Page, ReadScope } from './account-source.ts'
import { fieldsOf, missingBitsOfAny, type CarriedField, type FieldBits, type Identity } from './identity.ts'
import { LearnedPages } from './learned-pages.ts'
import { windowStart } from './page-window.ts'

/** How many rows of one list are remembered: 12 MB with ids of 25 characters. */
const MAX_ROWS = 50_000

/** Where a row was when it was last seen. */
export interface KnownRow {
  /** How many rows were before it; undefined where that was not to be seen. */
  readonly offset: number | undefined
  /** Source id of the row before it; null for the first of the list, undefined where that was not to be seen. */
  readonly predecessor: string | null | undefined
}

/** Whom an account stood behind in its list when that was last seen; null: nobody; undefined: unknown. */
export type PredecessorOf = (sourceId: string) => string | null | undefined

export interface KnownSize {
  readonly rows: number
  /** False: there are at least so many. */
  readonly exact: boolean
}

/**
 * What pages have taught of one source's list, over all requests, in bounded memory. All of it may be out of date, so it
 * only ever says where to look: what counts is what the upstream answers there.
 */
export class ListKnowledge {
  readonly #rows: LRUCache<string, KnownRow>
  readonly #pages: LearnedPages
  readonly #predecessorOf: PredecessorOf
  #size: KnownSize = { rows: 0, exact: false }
  #absent: FieldBits = 0
  #tail: string | undefined

  /**
   * @param predecessorOf asked for rows that no page of late has shown.
   * @param maxRows how many rows are remembered; room for all of them is taken at once.
   */
  constructor(predecessorOf: PredecessorOf = () => undefined, maxRows = MAX_ROWS) {
    this.#predecessorOf = predecessorOf
    this.#rows = new LRUCache({ max: maxRows })
    this.#pages = new LearnedPages(maxRows)
  }

  get size(): KnownSize {
    return this.#size
  }

  /** The last row of the list when its end was last seen: what was added since stands behind it. */
  get tail(): string | undefined {
    return this.#tail
  }

  row(sourceId: string): KnownRow | undefined {
    const row = this.#rows.get(sourceId)
    if (row) return row
    const predecessor = this.#predecessorOf(sourceId)
    return predecessor === undefined ? undefined : { offset: undefined, predecessor }
  }

  /** Whether the list's rows have these fields. Until a row was seen, they are taken to. */
  carries(fields: readonly CarriedField[]): boolean {
    const absent = fieldsOf(this.#absent)
    return !fields.some((field) => absent.includes(field))
  }

  /**
   * @param passing of a walk through the whole list, which would push out what somebody asked for where there is no room for
   * all of it: no rows are remembered then.
   */
  learnOffsetPage(token: OffsetPageToken, { rows }: Page, passing = false): void {
    const start = windowStart(token)
    this.#learnFields(rows)
    const isNew = (!passing || this.#hasRoomForAll) && this.#pages.teaches(`${token.page} ${token.size}`, rows, start)
    if (isNew) this.#learnRows(rows, start, start === 0 ? null : undefined)
    // An empty page far behind the end does not say where the end is.
    if (rows.length < token.size && (rows.length > 0 || start === 0))
      this.#size = { rows: start + rows.length, exact: true }
    else if (rows.length === token.size) this.#learnAtLeast(start + rows.length)
  }

  /** @param passing see `learnOffsetPage`; then only the last row is remembered, behind which the next page stands. */
  learnCursorPage({ after, size }: CursorPageToken, { rows, more }: CursorPage, passing = false): void {
    const before = after === null ? -1 : this.#rows.get(after)?.offset
    const start = before === undefined ? undefined : before + 1
    this.#learnFields(rows)
    if (passing && !this.#hasRoomForAll) this.#learnLast(rows, start, after)
    else if (this.#pages.teaches(`${after} ${size}`, rows, start)) this.#learnRows(rows, start, after)
    if (start === undefined) return
    if (more) this.#learnAtLeast(start + rows.length + 1)
    else {
      this.#size = { rows: start + rows.length, exact: true }
      this.#tail = rows.at(-1)?.sourceId ?? after ?? undefined
    }
  }

  /** As far as the list is known by now. */
  get #hasRoomForAll(): boolean {
    return this.#size.rows < this.#rows.max
  }

  /** Only fields that every row of the page has are counted on. */
  #learnFields(rows: readonly Identity[]): void {
    if (rows.length > 0) this.#absent = missingBitsOfAny(rows)
  }

  #learnLast(rows: readonly Identity[], start: number | undefined, before: string | null): void {
    const last = rows.length - 1
    const predecessor = rows.at(-2)?.sourceId ?? before
    if (start !== undefined) this.#learnRows(rows.slice(-1), start + last, predecessor)
  }

  #learnRows(rows: readonly Identity[], start: number | undefined, before: string | null | undefined): void {
    let predecessor = before
    for (const [index, { sourceId }] of rows.entries()) {
      this.#rows.set(sourceId, { offset: start === undefined ? undefined : start + index, predecessor })
      predecessor = sourceId
    }
  }

  #learnAtLeast(rows: number): void {
    if (rows > this.#size.rows) this.#size = { rows, exact: false }
  }
}

/** The same source; every page that anybody reads of it is learned from. */
export function learnFrom(source: AccountSource, knowledge: ListKnowledge): AccountSource {
  if (source.paging === 'offset') {
    const readPage = async (token: OffsetPageToken, scope: ReadScope): Promise<Page> => {
      const page = await source.readPage(token, scope)
      knowledge.learnOffsetPage(token, page, scope.background)
      return page
    }
    return { ...source, readPage }
  }
  const readPage = async (token: CursorPageToken, scope: ReadScope): Promise<CursorPage | null> => {
    const page = await source.readPage(token, scope)
    if (page) knowledge.learnCursorPage(token, page, scope.background)
    return page
  }
  return { ...source, readPage }
}
