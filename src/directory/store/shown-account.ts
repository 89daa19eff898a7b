import type { Identity, IdentitySource } from '../../identity/identity.ts'
import { fromColumns, SHOWN_COLUMNS, type ColumnValue } from './account-row.ts'
import { AGELESS_FIELDS, toIdentity } from './fields.ts'
import type { Terms } from './terms.ts'

const SOURCE_ID = SHOWN_COLUMNS.length
const AS_OF = SOURCE_ID + 1
const REST_ASKED_AT = SOURCE_ID + 2
const ASKED_AT = SOURCE_ID + 3
const CARRIED = SOURCE_ID + 4

/** Each column of each row costs, and most questions do not mind how old the answer is. */
const AGELESS_COLUMNS = [...SHOWN_COLUMNS, 'source_id', 'as_of', 'rest_asked_at'].join(', ')
const DATED_COLUMNS = `${AGELESS_COLUMNS}, asked_at, carried`

/** What `toAccount` needs of each account, in this order. */
export function accountColumns(notBefore: number): string {
  return notBefore === -Infinity ? AGELESS_COLUMNS : DATED_COLUMNS
}

/**
 * @param row begins with the columns for the same `notBefore`.
 * @param notBefore see DirectoryReader; -Infinity: nothing is too old.
 */
export function toAccount(
  source: IdentitySource,
  row: readonly ColumnValue[],
  notBefore: number,
  terms: Terms,
): Identity {
  const key = { source, sourceId: row[SOURCE_ID] as string }
  const readAt = row[notBefore === -Infinity ? AS_OF : ASKED_AT] as number
  const restAskedAt = row[REST_ASKED_AT] as number | null
  // Compared with null, it would count as read in 1970.
  if (restAskedAt === null) return toIdentity(key, fromColumns(row, terms), new Date(readAt))
  if (restAskedAt >= notBefore) {
    return toIdentity(key, fromColumns(row, terms), new Date(Math.min(readAt, restAskedAt)))
  }
  return toIdentity(key, fromColumns(row, terms, (row[CARRIED] as number) | AGELESS_FIELDS), new Date(readAt))
}
