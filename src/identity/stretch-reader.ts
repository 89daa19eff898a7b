import DataLoader from 'dataloader'
import type { AccountSource, CursorPageToken, OffsetPageToken } from './account-source.ts'
import { readCursorStretch } from './cursor-walk.ts'
import { readOffsetStretch } from './offset-walk.ts'
import type { ReadStretch } from './stretch.ts'

/** Reads a source's list for one request: a page that several fields or aliases need is read once. */
export function createStretchReader(source: AccountSource, signal: AbortSignal): ReadStretch {
  if (source.paging === 'offset') {
    const read = onePerToken(source.source, (token: OffsetPageToken) => source.readPage(token, signal))
    return (place, count) => readOffsetStretch(source.source, read, place, count)
  }
  const read = onePerToken(source.source, (token: CursorPageToken) => source.readPage(token, signal))
  return (place, count) => readCursorStretch(source.source, read, place, count)
}

function onePerToken<Token extends object, Page>(
  source: string,
  read: (token: Token) => Promise<Page>,
): (token: Token) => Promise<Page> {
  const pages = new DataLoader<Token, Page, string>(async ([token]) => [await read(token as Token)], {
    name: `page:${source}`,
    // Every page is a call of its own, so there is nothing to wait for and gather.
    batch: false,
    cacheKeyFn: (token) => JSON.stringify(token),
  })
  return (token) => pages.load(token)
}
