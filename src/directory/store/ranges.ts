import type { DirectoryPosition } from '../../identity/directory-cursor.ts'
import { SOURCES, type IdentitySource } from '../../identity/identity.ts'
import { LOWEST, ORDER_COLUMNS } from './schema.ts'
import type { DirectoryOrder, DirectoryPageQuestion } from './store.ts'

/** Accounts of one source that stand next to each other in its index of the order. */
export interface Range {
  readonly source: IdentitySource
  /** What must hold, with its parameters in order. */
  readonly where: readonly string[]
  readonly parameters: readonly (string | number)[]
}

/** Ranges that are read together, because their accounts stand mixed. */
export interface Stretch {
  readonly ranges: readonly Range[]
  readonly descending: boolean
}

interface Group {
  readonly sources: readonly IdentitySource[]
  /** Those that have nothing to be ordered by. */
  readonly nulls: boolean
}

/**
 * What has to be read for a page, in the order of reading: backwards, if the last ones are wanted. Every range can be
 * entered anywhere, so a page costs the same wherever it is.
 */
export function planStretches(question: DirectoryPageQuestion): Stretch[] {
  const { order, sources, after, before, take } = question
  const groups = groupsOf(order, sources)
  const isDescending = order.direction === 'DESC'
  const [lower, upper] = isDescending ? [before, after] : [after, before]
  const stretches = groups
    .filter((group) => !after || rank(group, order) >= rank(groupAt(after), order))
    .filter((group) => !before || rank(group, order) <= rank(groupAt(before), order))
    .map((group) => ({
      ranges: group.sources.flatMap((source) =>
        rangeOf(group, source, order, boundIn(group, order, lower), boundIn(group, order, upper)),
      ),
      descending: isDescending !== (take === 'last'),
    }))
  return take === 'last' ? stretches.toReversed() : stretches
}

function groupsOf({ field, direction }: DirectoryOrder, sources: readonly IdentitySource[]): Group[] {
  const inOrder = SOURCES.filter((source) => sources.includes(source))
  if (direction === 'DESC') inOrder.reverse()
  const apart = field === 'BY_SOURCE' ? inOrder.map((source) => [source]) : [inOrder]
  return apart.flatMap((together) => [
    { sources: together, nulls: false },
    { sources: together, nulls: true },
  ])
}

function groupAt({ source, key }: DirectoryPosition): Group {
  return { sources: [source], nulls: key === null }
}

/** Where a group stands among the others. */
function rank({ sources, nulls }: Group, { field, direction }: DirectoryOrder): number {
  const place = field === 'BY_SOURCE' ? SOURCES.indexOf(sources[0] as IdentitySource) : 0
  return (direction === 'DESC' ? -place : place) * 2 + (nulls ? 1 : 0)
}

/** The position, if it is in this group; in another one it was the group that counted. */
function boundIn(group: Group, order: DirectoryOrder, position: DirectoryPosition | undefined) {
  return position && rank(group, order) === rank(groupAt(position), order) ? position : undefined
}

/** None, if nothing of this source can be within the bounds. */
function rangeOf(
  { nulls }: Group,
  source: IdentitySource,
  { field }: DirectoryOrder,
  lower: DirectoryPosition | undefined,
  upper: DirectoryPosition | undefined,
): Range[] {
  const column = ORDER_COLUMNS[field]
  const conditions: Condition[] = [
    ...(nulls ? [{ sql: `${column} IS NULL`, parameters: [] }] : []),
    // Of two lower bounds the database enters the index at the first one, and would step over all between the two.
    ...(nulls || lower ? [] : [{ sql: `${column} >= ?`, parameters: [LOWEST[column]] }]),
    ...(lower ? [bound(source, column, '>', lower)] : []),
    ...(upper ? [bound(source, column, '<', upper)] : []),
  ]
  if (conditions.includes(NOTHING)) return []
  const where = conditions.map(({ sql }) => sql).filter((sql) => sql !== '')
  return [{ source, where, parameters: conditions.flatMap(({ parameters }) => parameters) }]
}

interface Condition {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
}

const NOTHING: Condition = { sql: '0', parameters: [] }
const ANYTHING: Condition = { sql: '', parameters: [] }

/** Beyond the position by (key, source, source id): of another source, those with the same key are all beyond it or none. */
function bound(source: IdentitySource, column: string, beyond: '>' | '<', position: DirectoryPosition): Condition {
  const { key, sourceId } = position
  if (source === position.source) {
    if (key === null) return { sql: `source_id ${beyond} ?`, parameters: [sourceId] }
    return { sql: `(${column}, source_id) ${beyond} (?, ?)`, parameters: [key, sourceId] }
  }
  const isLater = SOURCES.indexOf(source) > SOURCES.indexOf(position.source)
  const isBeyond = isLater === (beyond === '>')
  if (key === null) return isBeyond ? ANYTHING : NOTHING
  return { sql: `${column} ${beyond}${isBeyond ? '=' : ''} ?`, parameters: [key] }
}
