import type { IdentitySource } from '../../identity/identity.ts'
import { statusCode } from './account-row.ts'
import { STATUS_CODES, TABLES, type TERM_COLUMNS } from './schema.ts'
import type { DirectoryFilter } from './store.ts'
import { searchWords, type SearchWord } from './words.ts'

/** A filter as conditions on one source's accounts, and as ways to find those few that can hold. */
export interface FilterSql {
  readonly where: readonly string[]
  readonly parameters: readonly (string | number)[]
  readonly findings: readonly Finding[]
}

/** Gives the numbers `k` of all accounts for which one part of the filter holds, from an index alone. */
export interface Finding {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
  /** The same numbers, some of them twice, but read one by one: who wants to know whether they are many can stop there. */
  readonly loosely: string
}

/** @param termOf the number of a text, if there is one. Null: no account can hold. */
export function toFilterSql(
  source: IdentitySource,
  filter: DirectoryFilter,
  termOf: (text: string) => number | undefined,
): FilterSql | null {
  const parts = [
    statusPart(source, filter.status),
    termPart(source, 'role', filter.role, termOf),
    termPart(source, 'network', filter.networkId, termOf),
    termPart(source, 'partner', filter.partnerId, termOf),
    termPart(source, 'domain', filter.emailDomain, termOf),
    comparison(source, 'email_key', '=', filter.email?.toWellFormed()),
    comparison(source, 'created_at', '>=', filter.createdAfter?.getTime()),
    comparison(source, 'created_at', '<', filter.createdBefore?.getTime()),
    comparison(source, 'updated_at', '>=', filter.updatedAfter?.getTime()),
    ...searchWords(filter.search ?? '').map((word) => wordPart(source, word)),
  ]
  if (parts.includes(null)) return null
  const given = parts.filter((part) => part !== undefined && part !== null)
  return {
    where: given.map(({ where }) => where),
    parameters: given.flatMap(({ parameters }) => parameters),
    findings: given.flatMap(({ finding }) => finding ?? []),
  }
}

/** Undefined: the part was not given. Null: nobody holds. */
type Part = { where: string; parameters: readonly (string | number)[]; finding: Finding | undefined } | undefined | null

function statusPart(source: IdentitySource, statuses: DirectoryFilter['status']): Part {
  if (!statuses) return undefined
  if (statuses.length === 0) return null
  const where = `status IN (${statuses.map((status) => statusCode(status)).join(', ')})`
  // The index has all but the active ones, and is used only for a question that says so.
  const sql = `SELECT k FROM ${TABLES[source]}_account WHERE ${where} AND status <> ${STATUS_CODES.ACTIVE}`
  const finding = { sql, parameters: [], loosely: sql }
  return { where, parameters: [], finding: statuses.includes('ACTIVE') ? undefined : finding }
}

function termPart(
  source: IdentitySource,
  column: (typeof TERM_COLUMNS)[number],
  text: string | undefined,
  termOf: (text: string) => number | undefined,
): Part {
  if (text === undefined) return undefined
  const term = termOf(text.toWellFormed())
  return term === undefined ? null : comparison(source, column, '=', term)
}

function comparison(
  source: IdentitySource,
  column: string,
  operator: string,
  value: string | number | undefined,
): Part {
  if (value === undefined) return undefined
  const where = `${column} ${operator} ?`
  const sql = `SELECT k FROM ${TABLES[source]}_account WHERE ${where}`
  return { where, parameters: [value], finding: { sql, parameters: [value], loosely: sql } }
}

/** Behind every text that begins with the same characters. */
const LAST_CHARACTER = '\u{10ffff}'

function wordPart(source: IdentitySource, { text, parts }: SearchWord): Part {
  const table = TABLES[source]
  const byEmail = `SELECT k FROM ${table}_account WHERE email_key >= ? AND email_key < ?`
  const byName = `SELECT rowid FROM ${table}_name WHERE ${table}_name MATCH ?`
  // The parts hold letters and digits only, so nothing in them means anything to MATCH.
  const match = parts.map((part) => `"${part}"*`).join(' AND ')
  const ways = parts.length > 0 ? [byEmail, byName] : [byEmail]
  const finding = {
    sql: ways.join(' UNION '),
    loosely: ways.join(' UNION ALL '),
    parameters: [text, text + LAST_CHARACTER, ...(parts.length > 0 ? [match] : [])],
  }
  // The plus keeps it a mere test: what accounts are looked up by is chosen elsewhere. And a test needs no union: a million
  // numbers would be sorted twice.
  const begins = '+email_key >= ? AND +email_key < ?'
  const where = parts.length > 0 ? `(${begins} OR +k IN (${byName}))` : begins
  return { where, parameters: finding.parameters, finding }
}
