import type { Identity, IdentitySource } from './identity.ts'

/** The most rows that either upstream gives in one page. */
export const MAX_PAGE_SIZE = 100

/** Page `page` (from 1) of the list cut into pages of `size`. */
export interface OffsetPageToken {
  readonly page: number
  readonly size: number
}

/** The `size` rows behind the row with the source id `after`; null: from the start. */
export interface CursorPageToken {
  readonly after: string | null
  readonly size: number
}

export interface Page {
  /** In the upstream's own order. */
  readonly rows: readonly Identity[]
}

export interface CursorPage extends Page {
  /** What the upstream says of rows behind this page. Never true on a page without rows. */
  readonly more: boolean
}

interface AccountSourceBase {
  readonly source: IdentitySource
}

/**
 * What an upstream's adapter offers. Every method makes at most one call to the upstream's list or record, starts
 * nothing once `signal` has fired, and rejects with a PublicError that names the source.
 */
export interface OffsetAccountSource extends AccountSourceBase {
  readonly paging: 'offset'
  readonly readPage: (token: OffsetPageToken, signal: AbortSignal) => Promise<Page>
  /** One account; null when the source has none with this id. */
  readonly readOne: (sourceId: string, signal: AbortSignal) => Promise<Identity | null>
}

/** An upstream that pages by the id of the last row and has no way to ask for one account. */
export interface CursorAccountSource extends AccountSourceBase {
  readonly paging: 'cursor'
  /** Null when the upstream does not know the row `after` (any more). */
  readonly readPage: (token: CursorPageToken, signal: AbortSignal) => Promise<CursorPage | null>
}

export type AccountSource = OffsetAccountSource | CursorAccountSource
