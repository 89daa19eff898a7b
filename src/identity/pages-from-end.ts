import { MAX_PAGE_SIZE, type OffsetAccountSource, type ReadScope } from './account-source.ts'
import type { Identity } from './identity.ts'
import type { SharedSource } from './source-session.ts'
import { Sweep } from './sweep.ts'

/** As many accounts as a sweep reads at most. */
const MAX_PAGES = 10_000

/** One by one, a list of some thousand accounts would not be through within a mutation's time. */
const PAGES_AT_ONCE = 4

type Rows = readonly Identity[]

/**
 * A source's whole list, as it is now: first the end, as far as it is known where that is, for new accounts stand there; then
 * all the rest. Rows may come twice.
 */
export async function* pagesFromEnd(
  { source, knowledge }: SharedSource,
  scope: ReadScope,
  monotonicNow: () => number,
): AsyncGenerator<Rows> {
  if (source.paging === 'offset') {
    yield* offsetPagesFromEnd(source, Math.ceil(knowledge.size.rows / MAX_PAGE_SIZE), scope)
    return
  }
  if (knowledge.tail !== undefined) {
    const tail = await source.readPage({ after: knowledge.tail, size: MAX_PAGE_SIZE }, scope)
    if (tail) yield tail.rows
  }
  // A sweep of its own: what others have read of theirs is older than this.
  for await (const { rows } of new Sweep(source, monotonicNow).pages(scope)) yield rows
}

/**
 * Forward from where the end was last seen, then back to the start. Going back, who slides towards the start while
 * others are deleted slides to where the reading has yet to come, but for the few pages that are read at once.
 */
async function* offsetPagesFromEnd(
  source: OffsetAccountSource,
  knownPages: number,
  scope: ReadScope,
): AsyncGenerator<Rows> {
  const seen = new Set<string>()
  const read = async (page: number): Promise<{ rows: Rows; isNew: boolean }> => {
    const { rows } = await source.readPage({ page, size: MAX_PAGE_SIZE }, scope)
    const isNew = rows.some((row) => !seen.has(row.sourceId))
    for (const { sourceId } of rows) seen.add(sourceId)
    return { rows, isNew }
  }
  const start = Math.max(knownPages, 1)
  for (let page = start; page < MAX_PAGES; page++) {
    const { rows, isNew } = await read(page)
    yield rows
    // Nothing new: the upstream repeats itself, and would for ever.
    if (rows.length < MAX_PAGE_SIZE || !isNew) break
  }
  for (let last = start - 1; last >= 1; last -= PAGES_AT_ONCE) {
    const pages = Array.from({ length: Math.min(PAGES_AT_ONCE, last) }, (_, index) => read(last - index))
    for (const { rows } of await Promise.all(pages)) yield rows
  }
}
