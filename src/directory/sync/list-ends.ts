import type { ListEnds } from '../../identity/newest-rows.ts'
import type { Place } from '../../identity/place.ts'

/** How many of the last ids are kept: if the upstream lost the last one, the one before it may still be known. */
const KEPT_IDS = 4

export function endsOf({ offset, head, seen }: Place): ListEnds {
  return { length: offset, head, tail: seen.slice(-KEPT_IDS) }
}

/** The ends after these rows were seen to be the last ones, some of those that were the last before perhaps among them. */
export function lengthened(ends: ListEnds, ids: readonly string[]): ListEnds {
  const fresh = ids.filter((id) => !ends.tail.includes(id))
  const before = ends.tail.filter((id) => !ids.includes(id))
  return { ...ends, length: ends.length + fresh.length, tail: [...before, ...ids].slice(-KEPT_IDS) }
}

/**
 * Where in a list new accounts turn up. No document says it of either upstream, so each whole sweep that found new ones is
 * asked; until one has shown otherwise, it is the end.
 */
export class NewcomerPlace {
  #atStart = 0
  #atEnd = 0

  get isStart(): boolean {
    return this.#atStart > this.#atEnd
  }

  /** @param before the ends as they were when the list was read the last time before. */
  learn(before: ListEnds | undefined, now: ListEnds, added: number): void {
    if (!before || added === 0) return
    if (before.head !== now.head) this.#atStart++
    if (before.tail.at(-1) !== now.tail.at(-1)) this.#atEnd++
  }
}
