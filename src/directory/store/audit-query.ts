import type { DatabaseSync } from 'node:sqlite'
import type { AuditPart } from '../../identity/audit.ts'
import type { CarriedField, Identity, IdentitySource } from '../../identity/identity.ts'
import { maskOf } from './fields.ts'
import type { RowReader } from './page-query.ts'
import { LOWEST, STATUS_CODES, TABLES } from './schema.ts'
import type { AuditFindings, StoreAudit } from './store.ts'

/** What an audit goes by. */
export const AUDITED_FIELDS: readonly CarriedField[] = ['email', 'status']

const EMAIL_CARRIED = maskOf(['email'])
const ACTIVE = STATUS_CODES.ACTIVE

/** More than the table takes with all the addresses that fit into a request, so none of it gets into a file. */
const GIVEN_CACHE_KIB = 16_384

/**
 * The given addresses as a table of this connection alone. It is gone with the audit: nobody's address stays in memory for
 * longer than somebody waits for it.
 */
export function withGiven<Result>(database: DatabaseSync, emails: readonly string[], run: () => Result): Result {
  database.exec(`
    PRAGMA temp.cache_size = -${GIVEN_CACHE_KIB};
    CREATE TEMP TABLE given (at INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE) STRICT;
  `)
  try {
    const add = database.prepare('INSERT INTO temp.given (at, email) VALUES (?, ?)')
    database.exec('BEGIN')
    for (const [at, email] of emails.entries()) add.run(at, email)
    database.exec('COMMIT')
    return run()
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
    database.exec('DROP TABLE temp.given')
  }
}

/**
 * Sets against sets: nearly all of it is read from each source's index by address, which has the status as well, and only the
 * accounts that are shown are looked up. To be asked within `withGiven`, and in one snapshot.
 */
export function readAudit(reader: RowReader, question: StoreAudit): Partial<AuditFindings> {
  const { sources, parts } = question
  const audits: { readonly [Part in AuditPart]: () => AuditFindings[Part] } = {
    orphanCount: () => sum(sources, (source) => countAddressed(reader, source) - countGiven(reader, source)),
    orphans: () => listBySource(reader, question, ORPHAN, 'email_key, source_id'),
    withoutEmailCount: () =>
      sum(sources, (source) => countUnaddressed(reader, source) - countActive(reader, source, UNCARRIED)),
    withoutEmail: () => listBySource(reader, question, WITHOUT_EMAIL, 'source_id'),
    missingCount: () => numberOf(reader, `SELECT count(*) ${missingFrom(sources)}`),
    missing: () =>
      reader.all(`SELECT at ${missingFrom(sources)} ORDER BY at LIMIT ?`, [question.limit]).map(([at]) => at as number),
    inSeveralSourcesCount: () =>
      sources.length < 2 ? 0 : numberOf(reader, `SELECT count(*) FROM (${sharedBy(sources)} LIMIT -1)`),
    inSeveralSources: () =>
      sources.length < 2
        ? []
        : reader.all(`${sharedBy(sources)} LIMIT ?`, [question.limit]).map(([email]) => email as string),
  }
  return Object.fromEntries([...parts].map((part) => [part, audits[part]()]))
}

const ORPHAN = `email_key >= '${LOWEST.email_key}' AND status = ${ACTIVE} AND email_key NOT IN (SELECT email FROM temp.given)`
const WITHOUT_EMAIL = `email_key IS NULL AND status = ${ACTIVE} AND known & ${EMAIL_CARRIED} <> 0`
const UNCARRIED = `known & ${EMAIL_CARRIED} = 0`

function byEmail(source: IdentitySource): string {
  const table = TABLES[source]
  return `${table}_account INDEXED BY ${table}_by_email_key`
}

/** Active accounts, of all or of those of a kind that the tally tells apart. */
function countActive(reader: RowReader, source: IdentitySource, kind = '1'): number {
  return numberOf(
    reader,
    `SELECT coalesce(sum(n), 0) FROM ${TABLES[source]}_tally WHERE status = ${ACTIVE} AND ${kind}`,
  )
}

/** Active ones with no address, those among them whose address was never carried. In most directories they are few. */
function countUnaddressed(reader: RowReader, source: IdentitySource): number {
  return numberOf(reader, `SELECT count(*) FROM ${byEmail(source)} WHERE email_key IS NULL AND status = ${ACTIVE}`)
}

function countAddressed(reader: RowReader, source: IdentitySource): number {
  return countActive(reader, source) - countUnaddressed(reader, source)
}

/** Active ones with one of the given addresses. */
function countGiven(reader: RowReader, source: IdentitySource): number {
  return numberOf(
    reader,
    `SELECT count(*) FROM temp.given CROSS JOIN ${byEmail(source)} ON email_key = given.email WHERE status = ${ACTIVE}`,
  )
}

function missingFrom(sources: readonly IdentitySource[]): string {
  const nobody = sources.map((source) => `NOT EXISTS (SELECT 1 FROM ${byEmail(source)} WHERE email_key = given.email)`)
  return `FROM temp.given WHERE ${nobody.join(' AND ')}`
}

/** Both indexes are in the order of addresses, so they are merged; the order, and a limit, keep it that way. */
function sharedBy(sources: readonly IdentitySource[]): string {
  const addresses = sources.map(
    (source) => `SELECT email_key FROM ${byEmail(source)} WHERE email_key >= '${LOWEST.email_key}'`,
  )
  return `${addresses.join(' INTERSECT ')} ORDER BY email_key`
}

function listBySource(
  reader: RowReader,
  { sources, limit, notBefore = -Infinity }: StoreAudit,
  where: string,
  order: string,
): Identity[] {
  const found: Identity[] = []
  for (const source of sources) {
    const from = `FROM ${byEmail(source)} WHERE ${where} ORDER BY ${order} LIMIT ?`
    const parameters = [limit - found.length]
    const rows =
      found.length < limit ? reader.accounts.find({ source, key: 'email_key', from, parameters, notBefore }) : []
    found.push(...rows.map(({ identity }) => identity))
  }
  return found
}

function sum(sources: readonly IdentitySource[], count: (source: IdentitySource) => number): number {
  return sources.reduce((total, source) => total + count(source), 0)
}

function numberOf(reader: RowReader, sql: string): number {
  return reader.all(sql, [])[0]?.[0] as number
}
