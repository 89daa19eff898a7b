import type {
  AccountSource,
  CursorAccountSource,
  OffsetAccountSource,
  ReadScope,
} from '../../identity/account-source.ts'
import type { ReadOffsetPage } from './read-ahead.ts'
import type { ReadCursorPage } from './sweep-cursor.ts'
import type { SyncClock } from './sync-clock.ts'

export interface CursorReader {
  readonly paging: 'cursor'
  readonly source: CursorAccountSource['source']
  readonly readPage: ReadCursorPage
}

export interface OffsetReader {
  readonly paging: 'offset'
  readonly source: OffsetAccountSource['source']
  readonly readPage: ReadOffsetPage
  readonly readOne: (sourceId: string) => ReturnType<OffsetAccountSource['readOne']>
}

/** A source as syncing reads it. */
export type SourceReader = CursorReader | OffsetReader

/**
 * Every call stands behind those that somebody waits for, unless somebody waits for it. And no call takes part in one
 * that began before it: the store is told when an answer was asked for, and must be able to rely on it.
 *
 * @param isAwaited whether somebody waits for what is read now.
 */
export function createSourceReader(
  source: AccountSource,
  clock: SyncClock,
  signal: AbortSignal,
  isAwaited: () => boolean,
): SourceReader {
  const scope = (): ReadScope => ({ signal, notBefore: clock.monotonicNow(), background: !isAwaited() })
  if (source.paging === 'cursor') {
    return { paging: 'cursor', source: source.source, readPage: async (token) => source.readPage(token, scope()) }
  }
  return {
    paging: 'offset',
    source: source.source,
    readPage: async (token) => {
      const askedAt = clock.now()
      const { rows } = await source.readPage(token, scope())
      return { rows, askedAt }
    },
    readOne: async (sourceId) => source.readOne(sourceId, scope()),
  }
}
