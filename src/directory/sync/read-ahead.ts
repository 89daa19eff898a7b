import { MAX_PAGE_SIZE, type OffsetPageToken, type Page } from '../../identity/account-source.ts'
import { look, type Sighting } from '../../identity/offset-walk.ts'
import { pageWindow } from '../../identity/page-window.ts'
import type { Place } from '../../identity/place.ts'

/** How many pages are asked for at a time. */
const MAX_AHEAD = 6
/** Where the list may end any moment, one more page at a time is asked for per so many that were read there. */
const PAGES_PER_GUESS = 8

export interface AskedPage extends Page {
  /** Just before the call was made. */
  readonly askedAt: Date
}

export type ReadOffsetPage = (token: OffsetPageToken) => Promise<AskedPage>

interface Pending {
  readonly token: OffsetPageToken
  readonly page: Promise<AskedPage>
}

/**
 * Windows on an offset list, each showing the last row of the one before it, asked for before they are needed. Where a
 * window lies hangs on nothing that another one shows, so several can be read at once.
 *
 * Up to the length that the list had lately they are; behind it only one, then two and so on: on a list of a thousand
 * every call counts, on one of a million no call may be waited for alone.
 */
export class ReadAhead {
  readonly #read: ReadOffsetPage
  readonly #expected: number
  #pending: Pending[] = []
  /** The first row that no window covers yet. */
  #reach = 0

  /** @param expected how long the list was when it was last read; 0: unknown. */
  constructor(read: ReadOffsetPage, expected: number) {
    this.#read = read
    this.#expected = expected
  }

  /** What the foremost window shows of the place. It stays the foremost until it is dropped. */
  async front(place: Place): Promise<Sighting<AskedPage>> {
    if (this.#pending.length === 0) this.#reach = place.offset
    const { token, page } = this.#fill()
    return look(async () => page, place, token)
  }

  /** Lets go of windows that reach no further than this row. */
  dropUntil(row: number): void {
    this.#pending = this.#pending.filter(({ token }) => token.page * token.size > row)
  }

  clear(): void {
    this.#pending = []
  }

  #fill(): Pending {
    let token = this.#next()
    while (this.#pending.length === 0 || this.#mayAsk()) {
      const page = this.#read(token)
      // Whoever comes to this window meets the failure; if nobody does, it does not matter.
      page.catch(() => {})
      this.#pending.push({ token, page })
      this.#reach = token.page * token.size
      token = this.#next()
    }
    return this.#pending[0] as Pending
  }

  #next(): OffsetPageToken {
    const last = Math.max(this.#reach - 1, 0)
    return pageWindow(last, last + MAX_PAGE_SIZE)
  }

  #mayAsk(): boolean {
    const beyond = this.#reach - this.#expected
    const guesses = Math.floor(beyond / MAX_PAGE_SIZE / PAGES_PER_GUESS)
    return this.#pending.length < (beyond < 0 ? MAX_AHEAD : Math.min(guesses, MAX_AHEAD))
  }
}
