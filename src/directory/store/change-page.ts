import type { ChangePlace, IdentityChange, IdentityChangeKind } from '../../identity/identity-change.ts'
import { formatIdentityId } from '../../identity/identity-id.ts'
import { CARRIED_FIELDS, SOURCES, type IdentitySource } from '../../identity/identity.ts'
import type { ColumnValue } from './account-row.ts'
import { isIn } from './fields.ts'
import { CHANGE_KIND_CODES } from './schema.ts'
import type { ChangePage } from './store.ts'

type ReadAll = (sql: string, parameters: readonly number[]) => ColumnValue[][]

const COLUMNS = 'seq, run, source, source_id, kind, fields, observed_at'
/**
 * From the place itself on: that it is still there is the proof that nothing behind it was forgotten. A limit that is a bare
 * parameter makes SQLite plan anew for each value that it is given, which takes twice as long as all the rest.
 */
const FROM_PLACE = `SELECT ${COLUMNS} FROM change WHERE seq >= ? ORDER BY seq LIMIT ? + 0`
const LATEST = 'SELECT seq, run FROM change ORDER BY seq DESC LIMIT 1'
const KINDS = Object.keys(CHANGE_KIND_CODES) as IdentityChangeKind[]

/** @param after null: from where the log begins. Undefined: the log does not have this place. */
export function readChanges(all: ReadAll, after: ChangePlace | null, count: number): ChangePage | undefined {
  const [place, ...rows] = all(FROM_PLACE, [after?.seq ?? 0, count + 2])
  if (!place) return undefined
  const behind = toPlace(place)
  if (after && (behind.seq !== after.seq || behind.run !== after.run)) return undefined
  const shown = rows.slice(0, count)
  return {
    behind,
    changes: shown.map((row) => ({ change: toChange(row), place: toPlace(row) })),
    more: rows.length > count,
  }
}

export function readLatestPlace(all: ReadAll): ChangePlace {
  return toPlace(all(LATEST, [])[0] as ColumnValue[])
}

function toPlace(row: readonly ColumnValue[]): ChangePlace {
  return { seq: row[0] as number, run: row[1] as number }
}

function toChange(row: readonly ColumnValue[]): IdentityChange {
  const [sourceIndex, sourceId, kind, fields, observedAt] = row.slice(2) as [number, string, number, number, number]
  const key = { source: SOURCES[sourceIndex] as IdentitySource, sourceId }
  return {
    ...key,
    kind: KINDS[kind] as IdentityChangeKind,
    identityId: formatIdentityId(key),
    observedAt: new Date(observedAt),
    fields: CARRIED_FIELDS.filter((field) => isIn(field, fields)),
  }
}
