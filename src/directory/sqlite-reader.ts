import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import type { AccountKey } from '../identity/identity-id.ts'
import { SOURCES, type CarriedField, type Identity, type IdentitySource } from '../identity/identity.ts'
import { FIELD_COLUMNS, fromColumns, type ColumnValue } from './account-row.ts'
import { NOBODY } from './account-table.ts'
import { inSnapshot } from './connection.ts'
import { DirectoryFault, guarded } from './fault.ts'
import { AGELESS_FIELDS, maskOf, onlyOf, toIdentity } from './fields.ts'
import { countAccounts, readPage, type RowReader } from './page-query.ts'
import { checkFile, TABLES } from './schema.ts'
import type { DirectoryFilter, DirectoryPage, DirectoryPageQuestion, SourceKnowledge } from './store.ts'
import { Terms } from './terms.ts'

const OWN_COLUMNS_AT = FIELD_COLUMNS.length
/** What `#toIdentity` needs of an account, in this order. */
const ROW_COLUMNS = [...FIELD_COLUMNS, 'source_id', 'as_of', 'asked_at', 'carried', 'rest_asked_at'].join(', ')

/** Sorting them takes about as long as finding a page among a hundred times as many. */
const MAX_SORTED = 20_000
/** Filters combine, so there is no end of different statements. */
const MAX_STATEMENTS = 200

/** Answers everything from a connection of its own thread, however long it takes. */
export class SqliteReader {
  readonly #database: DatabaseSync
  readonly #terms: Terms
  readonly #statements = new LRUCache<string, StatementSync>({ max: MAX_STATEMENTS })
  readonly #ready = new Set<IdentitySource>()
  readonly #rows: RowReader

  constructor(database: DatabaseSync, maxSorted = MAX_SORTED) {
    this.#database = database
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
    return guarded(() =>
      keys.map(({ source, sourceId }) => {
        const rows = this.#all(`${selectFrom(source)} WHERE source_id = ?`, [sourceId])
        return rows[0] && this.#toIdentity(source, rows[0], notBefore)
      }),
    )
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

  /** Looks through the whole file, which takes seconds where it is large. */
  check(): void {
    guarded(() => checkFile(this.#database))
  }

  close(): void {
    this.#database.close()
  }

  #all(sql: string, parameters: readonly (string | number)[]): ColumnValue[][] {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      statement.setReturnArrays(true)
      this.#statements.set(sql, statement)
    }
    return statement.all(...parameters) as unknown as ColumnValue[][]
  }

  #toIdentity(source: IdentitySource, row: readonly ColumnValue[], notBefore: number): Identity {
    const sourceId = row[OWN_COLUMNS_AT] as string
    const restAskedAt = row[OWN_COLUMNS_AT + 4] as number | null
    const readAt = row[OWN_COLUMNS_AT + (notBefore === -Infinity ? 1 : 2)] as number
    const fields = fromColumns(row, this.#terms)
    // Compared with null, it would count as read in 1970.
    if (restAskedAt === null) return toIdentity({ source, sourceId }, fields, new Date(readAt))
    if (restAskedAt >= notBefore)
      return toIdentity({ source, sourceId }, fields, new Date(Math.min(readAt, restAskedAt)))
    return toIdentity(
      { source, sourceId },
      onlyOf(fields, (row[OWN_COLUMNS_AT + 3] as number) | AGELESS_FIELDS),
      new Date(readAt),
    )
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

function selectFrom(source: IdentitySource): string {
  return `SELECT ${ROW_COLUMNS} FROM ${TABLES[source]}_account`
}
