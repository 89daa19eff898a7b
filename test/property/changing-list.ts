import type { CursorPage, CursorPageToken, OffsetPageToken, Page } from '../../src/identity/account-source.ts'
import type { Identity } from '../../src/identity/identity.ts'

/** A change of the list between two calls; `at` is where, as a share of the list's length. */
export interface Change {
  readonly kind: 'insert' | 'delete'
  readonly at: number
}

/** A list that changes after each call, as a schedule says, and knows who was there throughout. */
export class ChangingList {
  calls = 0
  readonly #rows: string[]
  readonly #original: ReadonlySet<string>
  readonly #deleted = new Set<string>()
  readonly #schedule: readonly (readonly Change[])[]
  readonly #kept: number
  #inserted = 0

  /** @param kept how many rows at the head of the list stay there. */
  constructor(size: number, schedule: readonly (readonly Change[])[], kept = 0) {
    this.#rows = Array.from({ length: size }, (_, index) => `u${index}`)
    this.#original = new Set(this.#rows)
    this.#schedule = schedule
    this.#kept = kept
  }

  /** Who was in the list from the first call to now. */
  stable(): string[] {
    return [...this.#original].filter((id) => !this.#deleted.has(id))
  }

  readonly readOffsetPage = async ({ page, size }: OffsetPageToken): Promise<Page> => {
    const rows = this.#rows.slice((page - 1) * size, page * size).map(toIdentity)
    this.#change()
    return { rows }
  }

  /** @param onUnknown what is answered to an id that is not in the list any more; no document says. */
  cursorPages(onUnknown: 'refuse' | 'empty' | 'first page') {
    return async ({ after, size }: CursorPageToken): Promise<CursorPage | null> => {
      const start = after === null ? 0 : this.#rows.indexOf(after) + 1
      const isKnown = after === null || start > 0
      const rows = this.#rows.slice(start, start + size).map(toIdentity)
      const more = start + size < this.#rows.length
      this.#change()
      if (isKnown || onUnknown === 'first page') return { rows, more }
      return onUnknown === 'empty' ? { rows: [], more: false } : null
    }
  }

  #change(): void {
    for (const { kind, at } of this.#schedule[this.calls++] ?? []) {
      const index = this.#kept + Math.floor(at * (this.#rows.length - this.#kept))
      if (kind === 'insert') this.#rows.splice(index, 0, `new${this.#inserted++}`)
      else for (const id of this.#rows.splice(index, 1)) this.#deleted.add(id)
    }
  }
}

function toIdentity(sourceId: string): Identity {
  return { sourceId } as Identity
}
