import { MAX_PAGE_SIZE, type OffsetPageToken } from './account-source.ts'

/**
 * The page that shows row `from` (counted from 0) and reaches towards row `to` (exclusive).
 *
 * An offset upstream cuts its list only at multiples of the page size, but lets us choose the size. So the smallest page
 * that holds all rows from..to is taken; where none does, the one that reaches furthest behind `from`.
 *
 * @param maxSize the largest page that may be asked for.
 */
export function pageWindow(from: number, to: number, maxSize = MAX_PAGE_SIZE): OffsetPageToken {
  let best: OffsetPageToken = { page: from + 1, size: 1 }
  for (let size = 1; size <= maxSize; size++) {
    const page = Math.floor(from / size) + 1
    if (page * size > best.page * best.size) best = { page, size }
    if (page * size >= to) return { page, size }
  }
  return best
}

/** The first row (from 0) that a page shows. */
export function windowStart({ page, size }: OffsetPageToken): number {
  return (page - 1) * size
}
