import { upstreamError, walkInterrupted, type PublicError } from '../../errors.ts'
import { MAX_PAGE_SIZE } from '../../identity/account-source.ts'
import type { Identity, IdentitySource } from '../../identity/identity.ts'
import { findPlace, isLastPage, rowsBehind, type Sighting } from '../../identity/offset-walk.ts'
import { pageWindow, windowStart } from '../../identity/page-window.ts'
import type { Place } from '../../identity/place.ts'
import { placeBehind, type ListedRow } from '../../identity/stretch.ts'
import { ReadAhead, type AskedPage, type ReadOffsetPage } from './read-ahead.ts'
import { MAX_STEPS, rememberPlace, type SweepStep } from './sweep-step.ts'

/** How many of the last ids are remembered while it runs: the rows of two pages. */
const REMEMBERED_IDS = 200
/** How often in a row a page may show nothing new. */
const MAX_STANDSTILL = 3
/** How often in a row the list may seem to end where it does not. Somebody may have been added in between. */
const MAX_FALSE_ENDS = 3

/**
 * Reads an offset list that changes meanwhile, from a place to its end.
 *
 * Each page shows a row of the one before it. Rows keep their order, so who was there throughout stands on one side of
 * that row or on the other, in both answers: nobody can be between two such pages, whichever of them was read first. So
 * pages are read side by side, and where two do not meet, the place is looked for as in a walk.
 *
 * @param expected how long the list was lately; 0: unknown. Only the number of calls hangs on it.
 * @throws PublicError WALK_INTERRUPTED when the place is lost or the order has changed; UPSTREAM_INVALID_RESPONSE when
 * pages are shorter than they should be, repeat themselves or never end.
 */
export async function* sweepOffsetList(
  source: IdentitySource,
  read: ReadOffsetPage,
  from: Place,
  expected: number,
): AsyncGenerator<SweepStep> {
  const ahead = new ReadAhead(read, expected)
  let place = from
  let standstill = 0
  let falseEnds = 0
  for (let step = 0; step < MAX_STEPS; step++) {
    const front = await ahead.front(place)
    const sighting = front.start === undefined ? await findPlace(read, place, place.offset + MAX_PAGE_SIZE) : front
    if (!sighting || !isInOrder(sighting, place)) throw walkInterrupted(source)
    const rows = withoutRepeats(rowsBehind(sighting, place))
    const last = isLastPage(sighting) && (rows.length === 0 || (await isEnd(read, sighting, place)))
    if (isLastPage(sighting) && !last) {
      if (++falseEnds > MAX_FALSE_ENDS) throw broken(source, 'a page is short, and there is more behind it')
      ahead.clear()
      continue
    }
    falseEnds = 0
    standstill = rows.length > 0 || last ? 0 : standstill + 1
    if (standstill > MAX_STANDSTILL) throw broken(source, 'the list repeats itself')
    const after = place.seen.at(-1) ?? null
    place = placeAfter(place, rows, sighting)
    ahead.dropUntil(place.offset)
    yield { rows: rows.map((row) => row.identity), askedAt: sighting.page.askedAt, after, place, last }
    if (last) return
  }
  throw broken(source, 'the list does not end')
}

/** Whether the rows that were seen before stand in the order in which they were seen. */
function isInOrder({ page }: Sighting, { seen }: Place): boolean {
  const order = new Map(seen.map((id, index) => [id, index]))
  let nearest = -1
  for (const { sourceId } of page.rows) {
    const index = order.get(sourceId) ?? nearest
    if (index < nearest) return false
    nearest = index
  }
  return true
}

/**
 * A short page alone proves no end: an upstream may give fewer rows than it was asked for, and lose some. So the rows
 * behind it are asked for, in a page no larger than one that it was seen to give. What comes must be nothing, or nothing
 * new: some upstreams repeat their last page.
 */
async function isEnd(read: ReadOffsetPage, { page, token }: Sighting, place: Place): Promise<boolean> {
  const end = windowStart(token) + page.rows.length
  const behind = await read(pageWindow(end, end + MAX_PAGE_SIZE, page.rows.length))
  const known = new Set([...place.seen, ...page.rows.map((row) => row.sourceId)])
  return behind.rows.every((row) => known.has(row.sourceId))
}

function withoutRepeats(rows: readonly ListedRow[]): ListedRow[] {
  return [...new Map(rows.map((row) => [row.identity.sourceId, row])).values()]
}

function placeAfter(place: Place, rows: readonly ListedRow[], { token, page }: Sighting<AskedPage>): Place {
  const behind = placeBehind(place, rows)
  const first: Identity | undefined = place.seen.length === 0 ? rows[0]?.identity : undefined
  const offset = windowStart(token) + page.rows.length
  return rememberPlace({ ...behind, offset, head: place.head ?? first?.sourceId }, REMEMBERED_IDS)
}

function broken(source: IdentitySource, reason: string): PublicError {
  return upstreamError('UPSTREAM_INVALID_RESPONSE', source, reason)
}
