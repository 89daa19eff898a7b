import { LRUCache } from 'lru-cache'
import { MAX_PAGE_SIZE } from './account-source.ts'
import type { Identity } from './identity.ts'

interface LearnedPage {
  readonly ids: readonly string[]
  readonly start: number | undefined
  /** How much was new until then. */
  news: number
}

/**
 * What pages of a list showed when their rows were learned. To learn a row takes far longer than to see that it stands where
 * it stood, and in most lists most do.
 */
export class LearnedPages {
  readonly #pages: LRUCache<string, LearnedPage>
  #news = 0

  /** @param maxRows how many rows are remembered: of more, those of the oldest pages are not known any more. */
  constructor(maxRows: number) {
    this.#pages = new LRUCache({ max: Math.ceil(maxRows / MAX_PAGE_SIZE) })
  }

  /**
   * Whether the rows of a page are to be learned; they are taken to be then.
   *
   * @param name of what was asked for.
   * @param start how many rows were before them.
   */
  teaches(name: string, rows: readonly Identity[], start: number | undefined): boolean {
    const known = this.#pages.get(name)
    if (known && known.start === start && isSame(known.ids, rows)) {
      // What was new since then may have spoken of the same rows.
      if (known.news === this.#news) return false
      known.news = this.#news
      return true
    }
    this.#news++
    this.#pages.set(name, { ids: rows.map(({ sourceId }) => sourceId), start, news: this.#news })
    return true
  }
}

function isSame(ids: readonly string[], rows: readonly Identity[]): boolean {
  return ids.length === rows.length && ids.every((id, index) => id === rows[index]?.sourceId)
}
