import { MAX_PAGE_SIZE, type OffsetPageToken } from '../../identity/account-source.ts'
import type { Identity } from '../../identity/identity.ts'
import type { ListEnds } from '../../identity/newest-rows.ts'
import { pageWindow, windowStart } from '../../identity/page-window.ts'
import { lengthened } from './list-ends.ts'
import type { CursorReader, OffsetReader, SourceReader } from './source-reader.ts'
import type { ReadOffsetPage } from './read-ahead.ts'

/** Rows that a look at one end of a list has shown, in the words of the caller's clock. */
export interface Sight {
  readonly rows: readonly Identity[]
  readonly askedAt: Date
}

/** Saves what was seen, and says how many of them were not known. */
export type SaveSight = (sight: Sight) => Promise<number>

/**
 * Looks for new accounts where they turn up, in at most two calls. Who does not turn up is not looked for, and whom these
 * calls do not reach is found by the next look or sweep. Says where the list ends now.
 *
 * `identity/newest-rows` looks at the same ends for a write, which must know that it has seen everybody: it takes more calls,
 * or says that it cannot tell. Here each page counts as soon as it is read, and nobody relies on all of them.
 *
 * @throws PublicError of the source.
 */
export async function pollSource(
  reader: SourceReader,
  ends: ListEnds,
  atStart: boolean,
  now: () => Date,
  save: SaveSight,
): Promise<ListEnds> {
  if (reader.paging === 'cursor') {
    return atStart ? pollCursorStart(reader, ends, now, save) : pollCursorEnd(reader, ends, now, save)
  }
  return atStart ? pollOffsetStart(reader, ends, save) : pollOffsetEnd(reader, ends, save)
}

async function pollOffsetStart({ readPage }: OffsetReader, ends: ListEnds, save: SaveSight): Promise<ListEnds> {
  const first = await readPage({ page: 1, size: MAX_PAGE_SIZE })
  const added = await save(first)
  if (added === MAX_PAGE_SIZE) await save(await readPage({ page: 2, size: MAX_PAGE_SIZE }))
  return { ...ends, head: first.rows[0]?.sourceId ?? ends.head }
}

async function pollOffsetEnd({ readPage }: OffsetReader, ends: ListEnds, save: SaveSight): Promise<ListEnds> {
  const last = Math.max(ends.length - 1, 0)
  const first = await lookAt(readPage, pageWindow(last, last + MAX_PAGE_SIZE), ends, save)
  // The list became shorter than it was. Somebody new may stand in front of what this page shows.
  const isCutOff = first.start > 0 && !first.ids.some((id) => ends.tail.includes(id))
  if (isCutOff) {
    const token = { page: Math.ceil(first.start / MAX_PAGE_SIZE), size: MAX_PAGE_SIZE }
    const before = await lookAt(readPage, token, ends, save)
    return first.ids.length === 0 ? before.ends : { ...first.ends, tail: lengthened(before.ends, first.ids).tail }
  }
  if (!first.isFull) return first.ends
  const next = first.ends.length - 1
  return (await lookAt(readPage, pageWindow(next, next + MAX_PAGE_SIZE), first.ends, save)).ends
}

interface Look {
  readonly ids: readonly string[]
  readonly start: number
  /** There may be more behind it. */
  readonly isFull: boolean
  /** Where the list ends, as far as this page shows. */
  readonly ends: ListEnds
}

async function lookAt(
  readPage: ReadOffsetPage,
  token: OffsetPageToken,
  ends: ListEnds,
  save: SaveSight,
): Promise<Look> {
  const page = await readPage(token)
  await save(page)
  const start = windowStart(token)
  const ids = page.rows.map((row) => row.sourceId)
  const { tail } = lengthened(ends, ids)
  return { ids, start, isFull: ids.length === token.size, ends: { ...ends, tail, length: start + ids.length } }
}

async function pollCursorStart(
  { readPage }: CursorReader,
  ends: ListEnds,
  now: () => Date,
  save: SaveSight,
): Promise<ListEnds> {
  const askedAt = now()
  const first = await readPage({ after: null, size: MAX_PAGE_SIZE })
  const rows = first?.rows ?? []
  const added = await save({ rows, askedAt })
  if (first?.more && added === rows.length) await savePageBehind(readPage, rows.at(-1)?.sourceId ?? null, now, save)
  return { ...ends, head: rows[0]?.sourceId ?? ends.head }
}

async function pollCursorEnd(
  { readPage }: CursorReader,
  ends: ListEnds,
  now: () => Date,
  save: SaveSight,
): Promise<ListEnds> {
  const [last, ...earlier] = ends.tail.toReversed()
  const first = await savePageBehind(readPage, last ?? null, now, save)
  if (first && !isStart(first.ids, ends)) {
    const then = lengthened(ends, first.ids)
    const second = first.more ? await savePageBehind(readPage, then.tail.at(-1) ?? null, now, save) : undefined
    return second && !isStart(second.ids, ends) ? lengthened(then, second.ids) : then
  }
  // The upstream has lost the last row. Behind the one before it stands all that was added since, too.
  const before = earlier[0]
  const second = before === undefined ? undefined : await savePageBehind(readPage, before, now, save)
  const tail = ends.tail.slice(0, -1)
  return second && !isStart(second.ids, ends) ? lengthened({ ...ends, tail }, second.ids) : { ...ends, tail }
}

async function savePageBehind(
  readPage: CursorReader['readPage'],
  after: string | null,
  now: () => Date,
  save: SaveSight,
): Promise<{ ids: readonly string[]; more: boolean } | undefined> {
  const askedAt = now()
  const page = await readPage({ after, size: MAX_PAGE_SIZE })
  if (!page) return undefined
  await save({ rows: page.rows, askedAt })
  return { ids: page.rows.map((row) => row.sourceId), more: page.more }
}

/** Some upstreams begin anew where they do not know the row that they should begin behind. */
function isStart(ids: readonly string[], { head, tail }: ListEnds): boolean {
  return tail.length > 0 && head !== undefined && ids.includes(head)
}
