/** How many of the last ids a cursor keeps. More of them survive more deletions, but make longer cursors. */
export const KEPT_IDS = 4

/**
 * A place in one source's list: between two rows, remembered by the rows around it. The upstream's own continuation (a
 * page number, the last id) says where to look; the ids prove that this is still the place.
 */
export interface Place {
  /** How many rows of the list lie before the place. A hint: rows may have come or gone since. */
  readonly offset: number
  /** Source ids of the last rows before the place, the nearest last. */
  readonly seen: readonly string[]
  /** Whether `seen` are all the rows before the place, so that the start of the list is an anchor too. */
  readonly seenAll: boolean
  /** Source id of the row behind the place, where it was seen. */
  readonly next?: string | undefined
  /** Source id of the first row of the list: if it turns up behind the place, the upstream began anew. */
  readonly head?: string | undefined
}

/** How much of a list some rows are. */
export type Extent = 'part' | 'start' | 'whole'

/** Where a walk stands in a source: at a place, or behind the last row. */
export type Position = Place | 'end'

export const START: Place = { offset: 0, seen: [], seenAll: true }

/** The place as a cursor keeps it. */
export function trimPlace(place: Place): Place {
  if (place.seen.length <= KEPT_IDS) return place
  return { ...place, seen: place.seen.slice(-KEPT_IDS), seenAll: false }
}

/**
 * Where in a stretch of the list the rows behind the place begin; undefined where the stretch does not show the place.
 *
 * Rows keep their order among themselves, so all that stands behind the nearest remembered row still there is new, but
 * for remembered rows; and nothing that was there throughout can stand between that row and the place.
 *
 * @param ids source ids of rows that stand next to each other, all from one answer.
 * @param extent whether they begin where the list begins, or are even the whole of it.
 */
export function resumeIndex(ids: readonly string[], place: Place, extent: Extent): number | undefined {
  const next = place.next === undefined ? -1 : ids.indexOf(place.next)
  for (let nearest = place.seen.length - 1; nearest >= 0; nearest--) {
    const index = ids.indexOf(place.seen[nearest] as string)
    if (index < 0) continue
    // The row behind the place stands before a row that we had passed: this list has another order now.
    if (next >= 0 && next <= index) return undefined
    return index + 1
  }
  if (next >= 0) return next
  // None of the rows before the place is left, or there never was one: then all that there is stands behind it. To know
  // that they are gone takes the whole list at one moment, because rows inserted in front can push them out of sight.
  const nothingBefore = place.seenAll && (place.seen.length === 0 ? extent !== 'part' : extent === 'whole')
  return nothingBefore ? 0 : undefined
}
