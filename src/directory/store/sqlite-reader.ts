import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import type { ChangePlace } from '../../identity/identity-change.ts'
import type { AccountKey } from '../../identity/identity-id.ts'
import { SOURCES, type CarriedField, type Identity, type IdentitySource } from '../../identity/identity.ts'
import { FIELD_COLUMNS, fromColumns, type ColumnValue } from './account-row.ts'
import { NOBODY } from './account-table.ts'
import { readChanges, readLatestPlace } from './change-page.ts'
import { AUDITED_FIELDS, readAudit, withGiven } from './audit-query.ts'
import { inSnapshot } from './connection.ts'
import { DirectoryFault, guarded } from './fault.ts'
import { AGELESS_FIELDS, maskOf, onlyOf, toIdentity } from './fields.ts'
import { countAccounts, readPage, type RowReader } from './page-query.ts'
import { checkFile, TABLES } from './schema.ts'
import type {
  ChangePage,
  DirectoryFilter,
  DirectoryPage,
  DirectoryPageQuestion,
  SourceKnowledge,
  StoreAudit,
  StoreAuditFindings,
} from './store.ts'
import { Terms } from './terms.ts'

/** What `#toIdentity` needs of an account, in this order. */
const ROW_COLUMNS = [...FIELD_COLUMNS, 'source_id', 'as_of', 'asked_at', 'carried', 'rest_asked_at'].join(', ')
const SOURCE_ID = FIELD_COLUMNS.length

/** Sorting them takes about as long as finding a page among a hundred times as many. */
const MAX_SORTED = 20_000
/** Filters combine, so there is no end of different statements. */
const MAX_STATEMENTS = 200

export interface SqliteReaderOptions {
  /** So many accounts are sorted at most; see RowReader. */
  readonly maxSorted?: number
  /** Looked at before each statement: whether nobody waits for the answer any more. */
  readonly isGivenUp?: () => boolean
}

/** Answers everything from a connection of its own thread, however long it takes. */
export class SqliteReader {
  readonly #database: DatabaseSync
  readonly #terms: Terms
  readonly #statements = new LRUCache<string, StatementSync>({ max: MAX_STATEMENTS })
  readonly #ready = new Set<IdentitySource>()
  readonly #rows: RowReader
  readonly #isGivenUp: () => boolean

  constructor(database: DatabaseSync, { maxSorted = MAX_SORTED, isGivenUp = () => false }: SqliteReaderOptions = {}) {
    this.#database = database
    this.#isGivenUp = isGivenUp
    this.#terms = new Terms(database)
    this.#rows = {
      columns: ROW_COLUMNS,
      maxSorted,
      all: (sql, parameters) => this.#all(sql, parameters),
      termOf: (text) => this.#terms.find(text),
      toIdentity: (source, row, notBefore) => this.#toIdentity(source, row, notBefore),
    }
  }

  byKeys(keys: readonly AccountKey[], notBefore = -Infinity): (Identity | undefined)[] {
    return guarded(() => {
      const found = new Map(SOURCES.map((source) => [source, this.#byIds(source, idsOf(source, keys), notBefore)]))
      return keys.map(({ source, sourceId }) => found.get(source)?.get(sourceId))
    })
  }

  byEmails(emails: readonly string[], sources: readonly IdentitySource[], notBefore = -Infinity): Identity[][] {
    return guarded(() => {
      this.#requireReady(sources)
      const inOrder = SOURCES.filter((source) => sources.includes(source))
      return emails.map((email) =>
        inOrder.flatMap((source) =>
          this.#all(`${selectFrom(source)} WHERE email_key = ? ORDER BY source_id`, [email.toWellFormed()]).map((row) =>
            this.#toIdentity(source, row, notBefore),
          ),
        ),
      )
    })
  }

  predecessor({ source, sourceId }: AccountKey): string | null | undefined {
    const table = TABLES[source]
    return guarded(() => {
      const [row] = this.#all(
        `SELECT account.predecessor, before.source_id FROM ${table}_account AS account
          LEFT JOIN ${table}_account AS before ON before.k = account.predecessor WHERE account.source_id = ?`,
        [sourceId],
      )
      return row?.[0] === NOBODY ? null : ((row?.[1] as string | null | undefined) ?? undefined)
    })
  }

  knowledge(source: IdentitySource): SourceKnowledge {
    return guarded(() => {
      const [tally] = this.#all(`SELECT coalesce(sum(n), 0) FROM ${TABLES[source]}_tally`, [])
      const [whole] = this.#all(
        'SELECT started_at, closed_at FROM sweep WHERE source = ? AND whole = 1 ORDER BY sweep DESC LIMIT 1',
        [source],
      )
      return {
        ready: this.#isReady(source),
        known: tally?.[0] as number,
        whole: whole ? { startedAt: new Date(whole[0] as number), closedAt: new Date(whole[1] as number) } : null,
      }
    })
  }

  countLacking(source: IdentitySource, fields: readonly CarriedField[]): number {
    const mask = maskOf(fields)
    return guarded(() => {
      const sql = `SELECT coalesce(sum(n), 0) FROM ${TABLES[source]}_tally WHERE known & ? <> ?`
      return this.#all(sql, [mask, mask])[0]?.[0] as number
    })
  }

  changes(sources: readonly IdentitySource[], after: ChangePlace | null, count: number): ChangePage | undefined {
    return guarded(() => {
      this.#requireReady(sources)
      return readChanges(this.#rows.all, after, count)
    })
  }

  latestChange(): ChangePlace {
    return guarded(() => readLatestPlace(this.#rows.all))
  }

  restSince(source: IdentitySource, fields: readonly CarriedField[]): Date | null {
    const mask = maskOf(fields) & ~AGELESS_FIELDS
    return guarded(() => {
      const [row] = this.#all(restSinceSql(source), [mask, mask])
      return typeof row?.[0] === 'number' ? new Date(row[0]) : null
    })
  }

  page(question: DirectoryPageQuestion): DirectoryPage {
    return guarded(() => {
      this.#requireReady(question.sources)
      return inSnapshot(this.#database, () => readPage(this.#rows, question))
    })
  }

  count(sources: readonly IdentitySource[], filter: DirectoryFilter): number {
    return guarded(() => {
      this.#requireReady(sources)
      return inSnapshot(this.#database, () => countAccounts(this.#rows, sources, filter))
    })
  }

  /** Everything as of one moment, what is known of each source included. */
  audit(question: StoreAudit): StoreAuditFindings {
    const { sources, emails } = question
    return guarded(() => {
      this.#requireReady(sources)
      return withGiven(this.#database, emails, () =>
        inSnapshot(this.#database, () => ({
          ...readAudit(this.#rows, question),
          wholeSince: sources.map((source) => this.knowledge(source).whole?.startedAt ?? null),
          lacking: sources.reduce((sum, source) => sum + this.countLacking(source, AUDITED_FIELDS), 0),
        })),
      )
    })
  }

  /** Looks through the whole file, which takes seconds where it is large. */
  check(): void {
    guarded(() => checkFile(this.#database))
  }

  close(): void {
    this.#database.close()
  }

  /** One question for all of them: each question takes longer than to read an account. */
  #byIds(source: IdentitySource, sourceIds: readonly string[], notBefore: number): Map<string, Identity> {
    if (sourceIds.length === 0) return NO_IDENTITIES
    const rows =
      sourceIds.length === 1
        ? this.#all(`${selectFrom(source)} WHERE source_id = ?`, sourceIds)
        : this.#all(`${selectFrom(source, 'json_each(?) CROSS JOIN')} WHERE source_id = value`, [
            JSON.stringify(sourceIds),
          ])
    return new Map(rows.map((row) => [row[SOURCE_ID] as string, this.#toIdentity(source, row, notBefore)]))
  }

  #all(sql: string, parameters: readonly (string | number)[]): ColumnValue[][] {
    if (this.#isGivenUp()) throw new DirectoryFault('given-up')
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      statement.setReturnArrays(true)
      this.#statements.set(sql, statement)
    }
    return statement.all(...parameters) as unknown as ColumnValue[][]
  }

  #toIdentity(source: IdentitySource, row: readonly ColumnValue[], notBefore: number): Identity {
    const key = { source, sourceId: row[SOURCE_ID] as string }
    const readAt = row[SOURCE_ID + (notBefore === -Infinity ? 1 : 2)] as number
    const restAskedAt = row[SOURCE_ID + 4] as number | null
    const fields = fromColumns(row, this.#terms)
    // Compared with null, it would count as read in 1970.
    if (restAskedAt === null) return toIdentity(key, fields, new Date(readAt))
    if (restAskedAt >= notBefore) return toIdentity(key, fields, new Date(Math.min(readAt, restAskedAt)))
    const carried = row[SOURCE_ID + 3] as number
    return toIdentity(key, onlyOf(fields, carried | AGELESS_FIELDS), new Date(readAt))
  }

  #requireReady(sources: readonly IdentitySource[]): void {
    if (!sources.every((source) => this.#isReady(source))) throw new DirectoryFault('unready')
  }

  #isReady(source: IdentitySource): boolean {
    if (!this.#ready.has(source)) {
      const [row] = this.#all('SELECT indexed FROM source WHERE source = ?', [source])
      if (row?.[0]) this.#ready.add(source)
    }
    return this.#ready.has(source)
  }
}

/** By leaps from one kind of reading to the next, of which there are few; of each, the oldest rest is the first one. */
function restSinceSql(source: IdentitySource): string {
  const accounts = `${TABLES[source]}_account WHERE rest_asked_at IS NOT NULL`
  return `WITH RECURSIVE kind (mask) AS (
      SELECT (SELECT min(carried) FROM ${accounts})
      UNION ALL SELECT (SELECT min(carried) FROM ${accounts} AND carried > mask) FROM kind WHERE mask IS NOT NULL
    )
    SELECT min((SELECT min(rest_asked_at) FROM ${accounts} AND carried = mask)) FROM kind WHERE mask & ? <> ?`
}

const NO_IDENTITIES = new Map<string, Identity>()

function idsOf(source: IdentitySource, keys: readonly AccountKey[]): string[] {
  return keys.filter((key) => key.source === source).map(({ sourceId }) => sourceId)
}

/** @param joined what stands before the table. */
function selectFrom(source: IdentitySource, joined = ''): string {
  return `SELECT ${ROW_COLUMNS} FROM ${joined} ${TABLES[source]}_account`
}
