import { upstreamError, walkInterrupted } from '../errors.ts'
import { MAX_PAGE_SIZE, type CursorPage, type CursorPageToken } from './account-source.ts'
import type { IdentitySource } from './identity.ts'
import type { Place } from './place.ts'
import { createStretch, placeBehind, ListedRow, type Stretch } from './stretch.ts'

/** How many rows back an upstream that lost the last one is asked. */
const MAX_ANCHORS = 4
/** How often in a row a page may show nothing new before the walk gives up. */
const MAX_STANDSTILL = 3

type ReadPage = (token: CursorPageToken) => Promise<CursorPage | null>

/**
 * Walks a list that is paged by the id of the last row. Such a page begins where we say, whatever came or went before;
 * what can go wrong is that the upstream no longer knows that id, and what it does then is not documented.
 *
 * @throws PublicError WALK_INTERRUPTED when it knows none of the remembered ids any more; UPSTREAM_INVALID_RESPONSE when
 * it answers with the very row behind which it should begin.
 */
export async function readCursorStretch(
  source: IdentitySource,
  read: ReadPage,
  from: Place,
  count: number,
): Promise<Stretch> {
  // For no rows at all, one is still read: it tells whether there is any.
  const wanted = Math.max(count, 1)
  const found: ListedRow[] = []
  let place = from
  let more = true
  let standstill = 0
  while (more && found.length < wanted) {
    const batch = await readCursorBatch(source, read, place, Math.min(wanted - found.length, MAX_PAGE_SIZE))
    found.push(...batch.rows)
    standstill = batch.rows.length > 0 ? 0 : standstill + 1
    if (standstill > MAX_STANDSTILL) throw walkInterrupted(source)
    more = batch.more
    place = batch.place
  }
  return createStretch({ ...from, head: place.head }, found, count, more || found.length > count)
}

/** Rows behind a place, and the place behind them. */
export interface CursorBatch {
  readonly rows: readonly ListedRow[]
  readonly more: boolean
  readonly place: Place
}

/**
 * One page behind the place: behind its last row or, if the upstream lost that one, behind an earlier one.
 */
export async function readCursorBatch(
  source: IdentitySource,
  read: ReadPage,
  place: Place,
  size: number,
): Promise<CursorBatch> {
  const anchors: (string | null)[] = place.seen.slice(-MAX_ANCHORS).toReversed()
  if (place.seenAll && place.seen.length <= MAX_ANCHORS) anchors.push(null)
  for (const [passed, after] of anchors.entries()) {
    const page = await read({ after, size: Math.min(size + passed, MAX_PAGE_SIZE) })
    if (page?.rows.some((row) => row.sourceId === after)) {
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', source, 'the cursor does not move')
    }
    const isForgotten = !page || beginsAnew(page, after, place) || (await endsTooEarly(read, page, place, passed))
    if (!isForgotten) return toBatch(page, place, passed)
  }
  throw walkInterrupted(source)
}

/** The answer shows the first row of the list, so the upstream does not know the row behind which it should begin. */
function beginsAnew(page: CursorPage, after: string | null, place: Place): boolean {
  return after !== null && page.rows.some((row) => row.sourceId === place.head)
}

/**
 * A walk goes on only where there was more. An answer that shows nothing more may therefore mean that the upstream does
 * not know the row: then the row is not behind the one before it either.
 */
async function endsTooEarly(read: ReadPage, page: CursorPage, place: Place, passed: number): Promise<boolean> {
  const last = place.seen.at(-1 - passed)
  if (page.more || page.rows.length > 0 || last === undefined) return false
  const before = place.seen.at(-2 - passed) ?? (place.seenAll && passed === place.seen.length - 1 ? null : undefined)
  if (before === undefined) return true
  const check = await read({ after: before, size: 1 })
  return check?.rows[0]?.sourceId !== last
}

/** @param back how many rows before the place the page begins; those of them that it shows are passed. */
function toBatch(page: CursorPage, place: Place, back: number): CursorBatch {
  const between = new Set(back === 0 ? [] : place.seen.slice(-back))
  const start = page.rows.findLastIndex((row) => between.has(row.sourceId)) + 1
  const passed = new Set(place.seen)
  const rows = page.rows
    .slice(start)
    .filter((row) => !passed.has(row.sourceId))
    .map((identity, index) => new ListedRow(identity, place.offset + index))
  return {
    rows,
    more: page.more,
    place: { ...placeBehind(place, rows), head: place.head ?? rows[0]?.identity.sourceId },
  }
}
