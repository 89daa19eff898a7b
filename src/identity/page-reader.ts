import type {
  CursorAccountSource,
  CursorPage,
  CursorPageToken,
  OffsetAccountSource,
  OffsetPageToken,
  Page,
  ReadScope,
} from './account-source.ts'
import { once } from './once.ts'

export type OffsetPageReader = (token: OffsetPageToken) => Promise<Page>
export type CursorPageReader = (token: CursorPageToken) => Promise<CursorPage | null>

/** Reads an offset list's pages for one request: a page that several fields or aliases need is read once. */
export function createOffsetPageReader(source: OffsetAccountSource, scope: ReadScope): OffsetPageReader {
  return once(
    ({ page, size }) => `${page} ${size}`,
    (token) => source.readPage(token, scope),
  )
}

/** Reads a cursor list's pages for one request, each once. */
export function createCursorPageReader(source: CursorAccountSource, scope: ReadScope): CursorPageReader {
  return once(
    ({ after, size }) => `${size} ${after === null ? '' : `behind ${after}`}`,
    (token) => source.readPage(token, scope),
  )
}
