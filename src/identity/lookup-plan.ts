import { MAX_PAGE_SIZE, type CursorPageToken, type OffsetPageToken } from './account-source.ts'
import type { CarriedField } from './identity.ts'
import type { KnownRow, KnownSize } from './list-knowledge.ts'

/** An account that is looked for, and the fields that it is wanted for. */
export interface WantedAccount {
  readonly sourceId: string
  readonly needs: readonly CarriedField[]
}

/** What a plan may rest on: hints, none of them proven. */
export interface KnownList {
  readonly size: KnownSize
  readonly tail: string | undefined
  row(sourceId: string): KnownRow | undefined
  carries(fields: readonly CarriedField[]): boolean
}

/** For a list of which the size is not known, so few are rather fetched one by one: a page might hold none of them. */
export const MAX_BLIND_SINGLES = 10

/** More pages would not be through within one request, while single accounts are fetched many at a time. */
const MAX_SWEEP_PAGES = 40

export interface OffsetLookupPlan {
  /** Ids to fetch one by one. */
  readonly singles: readonly string[]
  /** Pages on which several of the others should be. Who is not there after all is fetched alone. */
  readonly pages: readonly OffsetPageToken[]
  /** How many pages to go through from the start, at most, for the others. */
  readonly sweepPages: number
}

/** The fewest calls for some accounts of an upstream that gives single accounts and pages. */
export function planOffsetLookup(wanted: readonly WantedAccount[], known: KnownList): OffsetLookupPlan {
  // A list row that lacks a wanted field would have to be completed by the very call that it should save.
  const [listable, unlistable] = partition(wanted, ({ needs }) => known.carries(needs))
  const forced = unlistable.map(({ sourceId }) => sourceId)

  const byPage = Map.groupBy(listable, ({ sourceId }) => pageOf(known.row(sourceId)?.offset))
  const shared = [...byPage].filter(([page, accounts]) => page !== undefined && accounts.length > 1)
  const onShared = new Set(shared.flatMap(([, accounts]) => accounts))
  const alone = listable.filter((account) => !onShared.has(account)).map(({ sourceId }) => sourceId)
  const direct = alone.length + shared.length

  const sweepPages = sweepLimit(listable.length, direct, known.size)
  if (sweepPages > 0) return { singles: forced, pages: [], sweepPages }
  const pages = shared.map(([page]) => ({ page: page as number, size: MAX_PAGE_SIZE }))
  return { singles: [...forced, ...alone], pages, sweepPages: 0 }
}

/** How many pages a sweep may take; 0 where the direct way is as cheap or cheaper. */
function sweepLimit(keys: number, direct: number, size: KnownSize): number {
  const pages = Math.ceil(size.rows / MAX_PAGE_SIZE)
  if (size.exact) return pages < direct && pages <= MAX_SWEEP_PAGES ? pages : 0
  if (direct <= MAX_BLIND_SINGLES) return 0
  // Half as many pages as keys may be lost to find out, but not when that many are known to be too few.
  const limit = Math.min(Math.floor(keys / 2), direct - 1, MAX_SWEEP_PAGES)
  return pages < limit ? limit : 0
}

/** Whether the next page of a sweep is worth its call; else the rest is fetched one by one. */
export function isWorthAnotherPage(missing: number, pagesRead: number, sweepPages: number, size: KnownSize): boolean {
  if (missing === 0 || pagesRead >= sweepPages) return false
  if (!size.exact) return missing > 1
  const pagesLeft = Math.ceil(size.rows / MAX_PAGE_SIZE) - pagesRead
  return pagesLeft > 0 && pagesLeft < missing
}

/** A page, and the accounts that it should hold. */
export interface CursorWindow {
  readonly token: CursorPageToken
  readonly ids: readonly string[]
}

export interface CursorLookupPlan {
  /** The page behind the last known row, where somebody new should be. It comes before all else. */
  readonly tail: CursorWindow | undefined
  /** Pages behind known predecessors; none where the list is gone through anyway for the same accounts. */
  readonly windows: readonly CursorWindow[]
  /** Ids for whom the list has to be gone through until they are all found, or to its end. */
  readonly sweep: readonly string[]
}

/** The fewest calls for some accounts of an upstream that gives pages only. */
export function planCursorLookup(ids: readonly string[], known: KnownList): CursorLookupPlan {
  const [located, lost] = partition(ids, (id) => known.row(id)?.predecessor !== undefined)
  const windows = coverByWindows(located, known)
  if (lost.length > 0) {
    const tail = known.tail === undefined ? undefined : { token: { after: known.tail, size: MAX_PAGE_SIZE }, ids: [] }
    return { tail, windows, sweep: lost }
  }
  // So many windows cost more than the whole list.
  const pages = Math.ceil(known.size.rows / MAX_PAGE_SIZE)
  const isWholeCheaper = known.size.exact && pages < windows.length
  return { tail: undefined, windows: isWholeCheaper ? [] : windows, sweep: isWholeCheaper ? ids : [] }
}

/** As few windows as hold all of them: from the first in the list's order, each as long as it may be. */
function coverByWindows(ids: readonly string[], known: KnownList): CursorWindow[] {
  const rows = ids.map((id) => ({ id, ...(known.row(id) as KnownRow) }))
  const windows = rows.filter((row) => row.offset === undefined).map((row) => windowOver([row]))
  let window: LocatedRow[] = []
  const ordered = rows.filter((row): row is LocatedRow => row.offset !== undefined)
  for (const row of ordered.toSorted((a, b) => a.offset - b.offset)) {
    const [first] = window
    if (first && row.offset - first.offset >= MAX_PAGE_SIZE) {
      windows.push(windowOver(window))
      window = []
    }
    window.push(row)
  }
  if (window.length > 0) windows.push(windowOver(window))
  return windows
}

type LocatedRow = KnownRow & { readonly id: string; readonly offset: number }

/** @param rows not none, in the list's order. */
function windowOver(rows: readonly (KnownRow & { readonly id: string })[]): CursorWindow {
  const [first, last] = [rows[0], rows.at(-1)]
  const size = (last?.offset ?? 0) - (first?.offset ?? 0) + 1
  return { token: { after: first?.predecessor ?? null, size }, ids: rows.map((row) => row.id) }
}

function pageOf(offset: number | undefined): number | undefined {
  return offset === undefined ? undefined : Math.floor(offset / MAX_PAGE_SIZE) + 1
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
