import { walkInterrupted } from '../errors.ts'
import { MAX_PAGE_SIZE, type OffsetPageToken, type Page } from './account-source.ts'
import type { IdentitySource } from './identity.ts'
import { pageWindow, windowStart } from './page-window.ts'
import { resumeIndex, type Extent, type Place } from './place.ts'
import { createStretch, placeBehind, ListedRow, type Stretch } from './stretch.ts'

/** How many pages to each side a lost place is looked for: the list would have to move by more rows than they hold. */
const SEARCH_PAGES = 3
/** How often in a row a page may show nothing new before the walk gives up. */
const MAX_STANDSTILL = 3

type ReadPage<Answer extends Page = Page> = (token: OffsetPageToken) => Promise<Answer>

/** One answer of the upstream; `start` is where in it the rows behind the place begin. */
export interface Sighting<Answer extends Page = Page> {
  readonly token: OffsetPageToken
  readonly page: Answer
  readonly start: number | undefined
}

/**
 * Walks an offset-paged list that changes meanwhile.
 *
 * Page numbers alone miss who slides over a page's edge while earlier rows are deleted. So every page is cut to show the
 * last row already passed beside the new ones: one answer is one moment, and in it nothing can hide between the two.
 *
 * @throws PublicError WALK_INTERRUPTED when none of the remembered rows is found near where they were.
 */
export async function readOffsetStretch(
  source: IdentitySource,
  read: ReadPage,
  from: Place,
  count: number,
): Promise<Stretch> {
  const found: ListedRow[] = []
  let place = from
  let standstill = 0
  // One row more than asked for: the look-ahead, which tells whether there is a next page and anchors it.
  while (found.length <= count) {
    const sighting = await findPlace(read, place, place.offset + count - found.length + 1)
    if (!sighting) throw walkInterrupted(source)
    const rows = rowsBehind(sighting, place)
    found.push(...rows)
    if (isLastPage(sighting)) return createStretch(from, found, count, found.length > count)
    standstill = rows.length > 0 ? 0 : standstill + 1
    if (standstill > MAX_STANDSTILL) throw walkInterrupted(source)
    place = { ...placeBehind(from, found), offset: windowStart(sighting.token) + sighting.page.rows.length }
  }
  return createStretch(from, found, count, true)
}

/** The page where the place should be by its offset, else the nearest that shows one of its rows. */
export async function findPlace<Answer extends Page>(
  read: ReadPage<Answer>,
  place: Place,
  to: number,
): Promise<Sighting<Answer> | undefined> {
  const expected = await look(read, place, pageWindow(Math.max(place.offset - 1, 0), to))
  if (expected.start !== undefined) return expected
  const homePage = Math.floor(Math.max(place.offset - 1, 0) / MAX_PAGE_SIZE) + 1
  let lastPage = Number.POSITIVE_INFINITY
  for (const page of pagesAround(homePage)) {
    if (page > lastPage) continue
    const sighting = await look(read, place, { page, size: MAX_PAGE_SIZE })
    if (sighting.start !== undefined) return sighting
    if (isLastPage(sighting)) lastPage = Math.min(lastPage, page)
  }
  return undefined
}

/** Deletions are likelier than insertions before a place, so of two pages at one distance the earlier comes first. */
function pagesAround(home: number): number[] {
  const pages = [home]
  for (let distance = 1; distance <= SEARCH_PAGES; distance++) pages.push(home - distance, home + distance)
  return pages.filter((page) => page >= 1)
}

/** Whether a page shows the place, and where. */
export async function look<Answer extends Page>(
  read: ReadPage<Answer>,
  place: Place,
  token: OffsetPageToken,
): Promise<Sighting<Answer>> {
  const page = await read(token)
  const ids = page.rows.map((row) => row.sourceId)
  return { token, page, start: resumeIndex(ids, place, extentOf(token, page)) }
}

function extentOf(token: OffsetPageToken, page: Page): Extent {
  if (token.page > 1) return 'part'
  return page.rows.length < token.size ? 'whole' : 'start'
}

export function isLastPage({ page, token }: Sighting): boolean {
  return page.rows.length < token.size
}

/** The rows of a page behind the place, without those that were passed already. */
export function rowsBehind({ page, token, start = 0 }: Sighting, place: Place): ListedRow[] {
  const passed = new Set(place.seen)
  const rows = page.rows.map((identity, index) => new ListedRow(identity, windowStart(token) + index))
  return rows.slice(start).filter((row) => !passed.has(row.identity.sourceId))
}
