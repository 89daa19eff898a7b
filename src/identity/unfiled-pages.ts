import type { Page } from './account-source.ts'
import type { AccountKey } from './identity-id.ts'
import { missingBitsOfAny, type FieldBits, type Identity, type IdentitySource } from './identity.ts'

/** Rows that were read together. */
export interface ReadRows {
  readonly rows: readonly Identity[]
  /** When they were asked for, in monotonic milliseconds. */
  readonly askedAt: number
}

/** A page counts as so many rows at least, for the answer that it came in may be large whatever it shows. */
const LEAST_ROWS = 25

interface UnfiledPage {
  readonly source: IdentitySource
  readonly ids: readonly string[]
  readonly missing: FieldBits
  readonly askedAt: number
  readonly reread: () => readonly Identity[]
}

/**
 * Pages whose rows have not been filed yet. To file a row takes longer than all else that is done with it, and most pages are
 * read again before anybody looks for somebody in them: then the older one need not be filed at all. Of a page the ids are
 * kept and the answer that it was made from: kept rows would give the garbage collector more to do than all else.
 */
export class UnfiledPages {
  /** By what was asked for. */
  readonly #pages = new Map<string, UnfiledPage>()
  readonly #file: (read: ReadRows) => void
  readonly #maxRows: number
  #rows = 0

  /** @param maxRows how many rows may lie unfiled. */
  constructor(file: (read: ReadRows) => void, maxRows: number) {
    this.#file = file
    this.#maxRows = maxRows
  }

  /** @param name of what was asked for. */
  put(name: string, source: IdentitySource, { rows, reread = () => rows }: Page, askedAt: number): void {
    const before = this.#pages.get(name)
    const isSame = before !== undefined && hasIds(rows, before.ids)
    const missing = missingBitsOfAny(rows)
    // Who was there is not missed, unless the older page had more to say or is the younger one by now.
    if (before && !(isSame && before.askedAt <= askedAt && (missing & ~before.missing) === 0)) this.#fileRows(before)
    const ids = isSame ? before.ids : rows.map(({ sourceId }) => sourceId)
    this.#pages.set(name, { source, ids, missing, askedAt, reread })
    this.#rows += roomOf(ids) - (before ? roomOf(before.ids) : 0)
    for (const oldest of this.#pages.keys()) {
      if (this.#rows <= this.#maxRows) return
      this.#fileOne(oldest)
    }
  }

  fileAll(): void {
    for (const name of this.#pages.keys()) this.#fileOne(name)
  }

  /** Files the pages that show an account. */
  fileThoseWith({ source, sourceId }: AccountKey): void {
    for (const [name, page] of this.#pages) {
      if (page.source === source && page.ids.includes(sourceId)) this.#fileOne(name)
    }
  }

  #fileOne(name: string): void {
    const page = this.#take(name)
    if (page) this.#fileRows(page)
  }

  #fileRows({ reread, askedAt }: UnfiledPage): void {
    this.#file({ rows: reread(), askedAt })
  }

  #take(name: string): UnfiledPage | undefined {
    const page = this.#pages.get(name)
    if (!page) return undefined
    this.#pages.delete(name)
    this.#rows -= roomOf(page.ids)
    return page
  }
}

function roomOf(ids: readonly string[]): number {
  return Math.max(ids.length, LEAST_ROWS)
}

function hasIds(rows: readonly Identity[], ids: readonly string[]): boolean {
  return ids.length === rows.length && rows.every(({ sourceId }, index) => sourceId === ids[index])
}
