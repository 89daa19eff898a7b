import type { Page } from './account-source.ts'
import type { AccountKey } from './identity-id.ts'
import { missingBitsOfAny, type FieldBits, type Identity, type IdentitySource } from './identity.ts'

/** Rows that were read together. */
export interface ReadRows {
  readonly rows: readonly Identity[]
  /** When they were asked for, in monotonic milliseconds. */
  readonly askedAt: number
}

/** It holds a whole page of rows, so of a class, for what `SourceAccount` says of literals. */
class UnfiledPage implements ReadRows {
  readonly source: IdentitySource
  readonly missing: FieldBits
  readonly rows: readonly Identity[]
  readonly askedAt: number

  constructor(source: IdentitySource, rows: readonly Identity[], missing: FieldBits, askedAt: number) {
    this.source = source
    this.rows = rows
    this.missing = missing
    this.askedAt = askedAt
  }
}

/**
 * Pages whose rows have not been filed yet. To file a row takes longer than all else that is done with it, and most pages are
 * read again before anybody looks for somebody in them: then the older one need not be filed at all.
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
  put(name: string, source: IdentitySource, { rows }: Page, askedAt: number): void {
    const before = this.#pages.get(name)
    const isSame = before !== undefined && areSame(rows, before.rows)
    const missing = missingBitsOfAny(rows)
    // Who was there is not missed, unless the older page had more to say or is the younger one by now.
    if (before && !(isSame && before.askedAt <= askedAt && (missing & ~before.missing) === 0)) this.#file(before)
    this.#pages.set(name, new UnfiledPage(source, rows, missing, askedAt))
    this.#rows += roomOf(rows) - (before ? roomOf(before.rows) : 0)
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
      if (page.source === source && page.rows.some((row) => row.sourceId === sourceId)) this.#fileOne(name)
    }
  }

  #fileOne(name: string): void {
    const page = this.#take(name)
    if (page) this.#file(page)
  }

  #take(name: string): UnfiledPage | undefined {
    const page = this.#pages.get(name)
    if (!page) return undefined
    this.#pages.delete(name)
    this.#rows -= roomOf(page.rows)
    return page
  }
}

/** A page without any takes its place as well. */
function roomOf(rows: readonly Identity[]): number {
  return Math.max(rows.length, 1)
}

function areSame(rows: readonly Identity[], others: readonly Identity[]): boolean {
  return rows.length === others.length && rows.every(({ sourceId }, index) => sourceId === others[index]?.sourceId)
}
