import type { Identity } from '../../identity/identity.ts'
import type { Place } from '../../identity/place.ts'

/** The rows that a sweep has read behind the place where it stood, and where it stands now. */
export interface SweepStep {
  readonly rows: readonly Identity[]
  readonly askedAt: Date
  /** The account that the rows stand behind; null: they begin the list. */
  readonly after: string | null
  readonly place: Place
  /** The list ends with them. A sweep that got here has read everyone who was there throughout. */
  readonly last: boolean
}

/** More pages than two million accounts take. A list that goes on beyond that is taken for one that never ends. */
export const MAX_STEPS = 25_000

/** The place, remembered by at most so many ids. */
export function rememberPlace(place: Place, ids: number): Place {
  if (place.seen.length <= ids) return place
  return { ...place, seen: place.seen.slice(-ids), seenAll: false }
}
