import {
  MAX_PAGE_SIZE,
  type AccountSource,
  type CursorAccountSource,
  type OffsetAccountSource,
  type OffsetPageToken,
  type ReadScope,
} from './account-source.ts'
import type { Identity } from './identity.ts'
import { pageWindow, windowStart } from './page-window.ts'

/** Where a list ended when its end was last seen, and with whom it began. */
export interface ListEnds {
  /** How many rows it had, as far as that can be known. */
  readonly length: number
  readonly head: string | undefined
  /** The last ids, the very last at the end. */
  readonly tail: readonly string[]
}

export interface KnownEnds extends ListEnds {
  /** At which of the two new accounts turn up. */
  readonly newcomers: 'start' | 'end'
}

/** A look that takes more calls than this is none. */
const MAX_CALLS = 4

type Rows = readonly Identity[]
type IsKnown = (sourceId: string) => boolean

/**
 * Rows among which everybody is who was added since the ends were seen; mostly in a single call. Undefined: it cannot be
 * told in a few calls, so many came, or the upstream does not know the end that we know.
 *
 * @param isKnown whether the account was seen before; newcomers stand on one side of all who were.
 */
export async function readNewestRows(
  source: AccountSource,
  ends: KnownEnds,
  isKnown: IsKnown,
  scope: ReadScope,
): Promise<Rows | undefined> {
  if (ends.newcomers === 'start') return readStart(source, isKnown, scope)
  return source.paging === 'offset' ? readOffsetEnd(source, ends, isKnown, scope) : readCursorEnd(source, ends, scope)
}

async function readStart(source: AccountSource, isKnown: IsKnown, scope: ReadScope): Promise<Rows | undefined> {
  const rows: Identity[] = []
  for (let call = 1; call <= MAX_CALLS; call++) {
    const page =
      source.paging === 'offset'
        ? await source.readPage({ page: call, size: MAX_PAGE_SIZE }, scope)
        : await source.readPage({ after: rows.at(-1)?.sourceId ?? null, size: MAX_PAGE_SIZE }, scope)
    if (!page) return undefined
    rows.push(...page.rows)
    const last = page.rows.at(-1)
    const isEnd = 'more' in page ? !page.more : page.rows.length < MAX_PAGE_SIZE
    if (!last || isEnd || isKnown(last.sourceId)) return rows
  }
  return undefined
}

/**
 * From the last row that was seen forward to the end. Where none of the last ones is left, the list has become shorter:
 * then also back, to a page that begins with somebody who is known.
 */
async function readOffsetEnd(
  source: OffsetAccountSource,
  { length, tail }: KnownEnds,
  isKnown: IsKnown,
  scope: ReadScope,
): Promise<Rows | undefined> {
  const rows: Identity[] = []
  let calls = 0
  const read = async (token: OffsetPageToken): Promise<Rows> => {
    calls++
    const page = await source.readPage(token, scope)
    rows.push(...page.rows)
    return page.rows
  }
  const last = Math.max(length - 1, 0)
  let token = pageWindow(last, last + MAX_PAGE_SIZE)
  const start = windowStart(token)
  let page = await read(token)
  while (page.length === token.size) {
    if (calls === MAX_CALLS) return undefined
    const behind = windowStart(token) + page.length
    // With the last one once more: who slides over the edge meanwhile is seen.
    token = pageWindow(behind - 1, behind - 1 + MAX_PAGE_SIZE)
    page = await read(token)
  }
  let isAnchored = rows.some((row) => tail.includes(row.sourceId))
  for (let number = Math.ceil(start / MAX_PAGE_SIZE); number >= 1 && !isAnchored; number--) {
    if (calls === MAX_CALLS) return undefined
    const [first] = await read({ page: number, size: MAX_PAGE_SIZE })
    isAnchored = first !== undefined && isKnown(first.sourceId)
  }
  return rows
}

async function readCursorEnd(
  source: CursorAccountSource,
  { head, tail }: KnownEnds,
  scope: ReadScope,
): Promise<Rows | undefined> {
  const rows: Identity[] = []
  const anchors: (string | null)[] = tail.length > 0 ? tail.toReversed() : [null]
  let after = anchors.shift()
  for (let call = 1; call <= MAX_CALLS && after !== undefined; call++) {
    const page = await source.readPage({ after, size: MAX_PAGE_SIZE }, scope)
    // Some upstreams begin anew where they do not know the row. Behind the one before it stands all that was added, too.
    const isLost = !page || (tail.length > 0 && page.rows.some((row) => row.sourceId === head))
    if (isLost && rows.length > 0) return undefined
    if (!isLost) {
      rows.push(...page.rows)
      if (!page.more) return rows
    }
    after = isLost ? anchors.shift() : rows.at(-1)?.sourceId
  }
  return undefined
}
