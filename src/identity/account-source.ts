import type { Identity, IdentitySource } from './identity.ts'

/** The request for which something is read. */
export interface ReadScope {
  /** Fires when the client has gone, the deadline has passed, or the answer is out. */
  readonly signal: AbortSignal
  /** When the signal fires for want of time, in monotonic milliseconds; absent: it never does. */
  readonly deadline?: number
  /** What was asked of an upstream before this instant is too old, in monotonic milliseconds; -Infinity: nothing is. */
  readonly notBefore: number
  /** Nobody waits for it: whatever somebody waits for goes first. */
  readonly background?: boolean
  /** Names the request in logs of what was called for it. */
  readonly requestId?: string
}

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
 * nothing once the scope's signal has fired, and rejects with a PublicError that names the source.
 */
export interface OffsetAccountSource extends AccountSourceBase {
  readonly paging: 'offset'
  readonly readPage: (token: OffsetPageToken, scope: ReadScope) => Promise<Page>
  /** One account; null when the source has none with this id. */
  readonly readOne: (sourceId: string, scope: ReadScope) => Promise<Identity | null>
}

/** An upstream that pages by the id of the last row and has no way to ask for one account. */
export interface CursorAccountSource extends AccountSourceBase {
  readonly paging: 'cursor'
  /** Null when the upstream does not know the row `after` (any more). */
  readonly readPage: (token: CursorPageToken, scope: ReadScope) => Promise<CursorPage | null>
}

export type AccountSource = OffsetAccountSource | CursorAccountSource
