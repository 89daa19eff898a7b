import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import type { AccountKey } from '../identity/identity-id.ts'
import { SOURCES, type CarriedField, type Identity, type IdentitySource } from '../identity/identity.ts'
import { FIELD_COLUMNS, fromColumns, type ColumnValue } from './account-row.ts'
import { NOBODY } from './account-table.ts'
import { inSnapshot } from './connection.ts'
import { DirectoryFault, guarded } from './fault.ts'
import { maskOf, toIdentity } from './fields.ts'
import { countAccounts, readPage, type RowReader } from './page-query.ts'
import { TABLES } from './schema.ts'
import type { DirectoryFilter, DirectoryPage, DirectoryPageQuestion, SourceKnowledge } from './store.ts'
import { Terms } from './terms.ts'

/** As old as the oldest of it: lists may show five fields over and over, and the others were read long before. */
const AS_OF = 'min(as_of, coalesce(rest_asked_at, as_of))'
/** What `rowOf` needs of an account, in this order. */
const ROW_COLUMNS = [...FIELD_COLUMNS, 'source_id', AS_OF].join(', ')
const SOURCE_ID = FIELD_COLUMNS.length

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
      toIdentity: (source, row) => this.#toIdentity(source, row),
    }
  }

  byKeys(keys: readonly AccountKey[]): (Identity | undefined)[] {
    return guarded(() => {
      const found = new Map(SOURCES.map((source) => [source, this.#byIds(source, idsOf(source, keys))]))
      return keys.map(({ source, sourceId }) => found.get(source)?.get(sourceId))
    })
  }

  byEmails(emails: readonly string[], sources: readonly IdentitySource[]): Identity[][] {
    return guarded(() => {
      this.#requireReady(sources)
      const inOrder = SOURCES.filter((source) => sources.includes(source))
      return emails.map((email) =>
        inOrder.flatMap((source) =>
          this.#all(`${selectFrom(source)} WHERE email_key = ? ORDER BY source_id`, [email.toWellFormed()]).map((row) =>
            this.#toIdentity(source, row),
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

  close(): void {
    this.#database.close()
  }

  /** One question for all of them: each question takes longer than to read an account. */
  #byIds(source: IdentitySource, sourceIds: readonly string[]): Map<string, Identity> {
    if (sourceIds.length === 0) return NO_IDENTITIES
    const rows =
      sourceIds.length === 1
        ? this.#all(`${selectFrom(source)} WHERE source_id = ?`, sourceIds)
        : this.#all(`${selectFrom(source, 'json_each(?) CROSS JOIN')} WHERE source_id = value`, [
            JSON.stringify(sourceIds),
          ])
    return new Map(rows.map((row) => [row[SOURCE_ID] as string, this.#toIdentity(source, row)]))
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

  #toIdentity(source: IdentitySource, row: readonly ColumnValue[]): Identity {
    const sourceId = row[SOURCE_ID] as string
    const asOf = new Date(row[SOURCE_ID + 1] as number)
    return toIdentity({ source, sourceId }, fromColumns(row, this.#terms), asOf)
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

const NO_IDENTITIES = new Map<string, Identity>()

function idsOf(source: IdentitySource, keys: readonly AccountKey[]): string[] {
  return keys.filter((key) => key.source === source).map(({ sourceId }) => sourceId)
}

/** @param joined what stands before the table. */
function selectFrom(source: IdentitySource, joined = ''): string {
  return `SELECT ${ROW_COLUMNS} FROM ${joined} ${TABLES[source]}_account`
}
