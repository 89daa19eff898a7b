import type { Identity } from './identity.ts'
import { KEPT_IDS, trimPlace, type Place, type Position } from './place.ts'

/** What a walk reads from one source at a time: rows that follow each other behind a place. */
export interface Stretch {
  /** At most as many as were asked for. */
  readonly rows: readonly Identity[]
  /** Whether the source has a row behind them. */
  readonly more: boolean
  /** Where the walk stands when it has taken the first `taken` of the rows. */
  positionAfter(taken: number): Position
}

/** Reads up to `count` rows behind a place, and finds out whether there is another one. */
export type ReadStretch = (place: Place, count: number) => Promise<Stretch>

/** A row with how many rows of the list were before it when it was read. Of a class as the row itself, and for the same reason. */
export class ListedRow {
  readonly identity: Identity
  readonly offset: number

  constructor(identity: Identity, offset: number) {
    this.identity = identity
    this.offset = offset
  }
}

/** The place right behind the last of the rows, for a walk that stood at `from` and has taken them. */
export function placeBehind(from: Place, taken: readonly ListedRow[]): Place {
  const last = taken.at(-1)
  if (!last) return from
  const seen = [...from.seen, ...taken.map((row) => row.identity.sourceId)]
  return { offset: last.offset + 1, seen, seenAll: from.seenAll, head: from.head }
}

/** @param found rows behind `from`: those asked for and, where it was read, the look-ahead row. */
export function createStretch(from: Place, found: readonly ListedRow[], count: number, more: boolean): Stretch {
  const rows = found.slice(0, count).map((row) => row.identity)
  return {
    rows,
    more,
    positionAfter(taken) {
      if (taken >= rows.length && !more) return 'end'
      // One more than is kept, so that the place knows that it does not remember all.
      const place = placeBehind(from, found.slice(Math.max(0, taken - KEPT_IDS - 1), taken))
      return trimPlace({ ...place, next: found[taken]?.identity.sourceId ?? (taken === 0 ? from.next : undefined) })
    },
  }
}
