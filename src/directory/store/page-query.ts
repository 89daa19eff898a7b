import { SOURCES, type IdentitySource } from '../../identity/identity.ts'
import type { AccountReader, ReadAll } from './account-reader.ts'
import { statusCode } from './account-row.ts'
import { toFilterSql, type FilterSql, type Finding } from './filter-sql.ts'
import { planStretches, type Stretch } from './ranges.ts'
import { ORDER_COLUMNS, TABLES } from './schema.ts'
import type { DirectoryFilter, DirectoryPage, DirectoryPageQuestion } from './store.ts'

/** What pages, counts and audits are read with. */
export interface RowReader {
  readonly all: ReadAll
  readonly accounts: AccountReader
  /**
   * So many accounts are fetched and sorted at most, if the filter finds no more. Where it finds more, a page is soon full
   * if one goes along the order and leaves out who does not hold.
   */
  readonly maxSorted: number
  readonly termOf: (text: string) => number | undefined
}

export function readPage(reader: RowReader, question: DirectoryPageQuestion): DirectoryPage {
  const filters = new Map(question.sources.map((source) => [source, planFilter(reader, source, question.filter)]))
  const found: DirectoryPage['rows'][number][] = []
  for (const stretch of planStretches(question)) {
    if (found.length > question.count) break
    found.push(...readStretch(reader, question, stretch, filters, question.count + 1 - found.length))
  }
  const rows = found.slice(0, question.count)
  return { rows: question.take === 'last' ? rows.toReversed() : rows, more: found.length > question.count }
}

export function countAccounts(reader: RowReader, sources: readonly IdentitySource[], filter: DirectoryFilter): number {
  const counts = sources.map((source) => countIn(reader, source, filter))
  return counts.reduce((sum, count) => sum + count, 0)
}

function countIn(reader: RowReader, source: IdentitySource, filter: DirectoryFilter): number {
  if (isTallied(filter)) return countTallied(reader, source, filter.status)
  const sql = toFilterSql(source, filter, reader.termOf)
  if (!sql) return 0
  const [finding, ...others] = sql.findings
  const few = fewest(reader, sql)
  const where = [...(few ? [`k IN (${few.sql})`] : []), ...sql.where].join(' AND ') || '1'
  const parameters = [...(few?.parameters ?? []), ...sql.parameters]
  const isFound = finding !== undefined && others.length === 0 && sql.where.length === 1
  const accounts = isFound ? `(${finding.sql})` : `${TABLES[source]}_account ${few ? 'NOT INDEXED' : ''} WHERE ${where}`
  const rows = reader.all(`SELECT count(*) FROM ${accounts}`, isFound ? finding.parameters : parameters)
  return rows[0]?.[0] as number
}

/** Whether the tally knows how many there are. */
export function isTallied(filter: DirectoryFilter): boolean {
  return asksOnlyFor('status', filter)
}

export function asksOnlyFor(part: keyof DirectoryFilter, filter: DirectoryFilter): boolean {
  return Object.entries(filter).every(([name, value]) => value === undefined || name === part)
}

function countTallied(reader: RowReader, source: IdentitySource, statuses: DirectoryFilter['status']): number {
  const where = statuses ? `status IN (${statuses.map(statusCode).join(', ')})` : '1'
  return reader.all(`SELECT coalesce(sum(n), 0) FROM ${TABLES[source]}_tally WHERE ${where}`, [])[0]?.[0] as number
}

interface FilterPlan {
  readonly where: readonly string[]
  readonly parameters: readonly (string | number)[]
  /** Whether one part of it finds so few that they can be sorted. */
  readonly few: boolean
}

/** Null: no account of this source can hold. */
function planFilter(reader: RowReader, source: IdentitySource, filter: DirectoryFilter): FilterPlan | null {
  const sql = toFilterSql(source, filter, reader.termOf)
  if (!sql) return null
  const few = fewest(reader, sql)
  if (!few) return { ...sql, few: false }
  const parameters = [...few.parameters, ...sql.parameters]
  return { where: [`k IN (${few.sql})`, ...sql.where], parameters, few: true }
}

function fewest(reader: RowReader, { findings }: FilterSql): Finding | undefined {
  let best: { finding: Finding; count: number } | undefined
  for (const finding of findings) {
    const limit = best?.count ?? reader.maxSorted + 1
    const count = reader.all(`SELECT count(*) FROM (${finding.loosely} LIMIT ?)`, [
      ...finding.parameters,
      limit,
    ])[0]?.[0] as number
    if (count < limit) best = { finding, count }
  }
  return best?.finding
}

function readStretch(
  reader: RowReader,
  { order, notBefore = -Infinity }: DirectoryPageQuestion,
  { ranges, descending }: Stretch,
  filters: ReadonlyMap<IdentitySource, FilterPlan | null>,
  limit: number,
): DirectoryPage['rows'][number][] {
  const column = ORDER_COLUMNS[order.field]
  const direction = descending ? 'DESC' : 'ASC'
  const found = ranges.flatMap(({ source, where, parameters }) => {
    const filter = filters.get(source)
    if (!filter) return []
    const table = TABLES[source]
    const hint = filter.few ? 'NOT INDEXED' : `INDEXED BY ${table}_by_${column}`
    const from = `FROM ${table}_account ${hint}
      WHERE ${[...filter.where, ...where].join(' AND ')}
      ORDER BY ${column} ${direction}, source_id ${direction} LIMIT ? + 0`
    const all = [...filter.parameters, ...parameters, limit]
    return reader.accounts.find({ source, key: column, from, parameters: all, notBefore })
  })
  if (ranges.length === 1) return found
  found.sort((a, b) => compare(a.position, b.position) * (descending ? -1 : 1))
  return found.slice(0, limit)
}

type Position = DirectoryPage['rows'][number]['position']

function compare(a: Position, b: Position): number {
  return (
    compareKeys(a.key, b.key) ||
    SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source) ||
    compareKeys(a.sourceId, b.sourceId)
  )
}

/** As the database compares: texts by their bytes, which is another order than that of JavaScript's characters. */
function compareKeys(a: string | number | null, b: string | number | null): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return Number(a) - Number(b)
}
