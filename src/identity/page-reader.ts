import DataLoader from 'dataloader'
import type {
  CursorAccountSource,
  CursorPage,
  CursorPageToken,
  OffsetAccountSource,
  OffsetPageToken,
  Page,
  ReadScope,
} from './account-source.ts'

export type OffsetPageReader = (token: OffsetPageToken) => Promise<Page>
export type CursorPageReader = (token: CursorPageToken) => Promise<CursorPage | null>

/** Reads an offset list's pages for one request: a page that several fields or aliases need is read once. */
export function createOffsetPageReader(source: OffsetAccountSource, scope: ReadScope): OffsetPageReader {
  return onePerToken(source.source, (token: OffsetPageToken) => source.readPage(token, scope))
}

/** Reads a cursor list's pages for one request, each once. */
export function createCursorPageReader(source: CursorAccountSource, scope: ReadScope): CursorPageReader {
  return onePerToken(source.source, (token: CursorPageToken) => source.readPage(token, scope))
}

function onePerToken<Token extends object, Read>(
  source: string,
  read: (token: Token) => Promise<Read>,
): (token: Token) => Promise<Read> {
  const pages = new DataLoader<Token, Read, string>(async ([token]) => [await read(token as Token)], {
    name: `page:${source}`,
    // Every page is a call of its own, so there is nothing to wait for and gather.
    batch: false,
    cacheKeyFn: (token) => JSON.stringify(token),
  })
  return (token) => pages.load(token)
}
