import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import type { ChangePlace } from '../../identity/identity-change.ts'
import type { AccountKey } from '../../identity/identity-id.ts'
import { SOURCES, type CarriedField, type Identity, type IdentitySource } from '../../identity/identity.ts'
import { AccountReader, type ReadAll } from './account-reader.ts'
import type { ColumnValue } from './account-row.ts'
import { NOBODY } from './account-table.ts'
import { readChanges, readLatestPlace } from './change-page.ts'
import { AUDITED_FIELDS, readAudit, withGiven } from './audit-query.ts'
import { prepareSnapshots, type InSnapshot } from './connection.ts'
import { DirectoryFault, guarded } from './fault.ts'
import { AGELESS_FIELDS, maskOf } from './fields.ts'
import { KeptReads, type AccountsIn, type LastWrite } from './kept-reads.ts'
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

/** Sorting them takes about as long as finding a page among a hundred times as many. */
const MAX_SORTED = 20_000
/** Filters combine, so there is no end of different statements. */
const MAX_STATEMENTS = 200

export interface SqliteReaderOptions {
  /** So many accounts are sorted at most; see RowReader. */
  readonly maxSorted?: number
  /** Looked at before each statement: whether nobody waits for the answer any more. */
  readonly isGivenUp?: () => boolean
  /** What is read is kept until the next writing; absent: nothing is kept. */
  readonly lastWrite?: LastWrite
}

/** Answers everything from a connection of its own thread, however long it takes. */
export class SqliteReader {
  readonly #database: DatabaseSync
  readonly #inSnapshot: InSnapshot
  readonly #kept: KeptReads | undefined
  readonly #terms: Terms
  readonly #statements = new LRUCache<string, StatementSync>({ max: MAX_STATEMENTS })
  readonly #ready = new Set<IdentitySource>()
  readonly #rows: RowReader
  readonly #isGivenUp: () => boolean

  constructor(database: DatabaseSync, options: SqliteReaderOptions = {}) {
    const { maxSorted = MAX_SORTED, isGivenUp = () => false, lastWrite } = options
    this.#database = database
    this.#kept = lastWrite && new KeptReads(lastWrite)
    this.#inSnapshot = prepareSnapshots(database)
    this.#isGivenUp = isGivenUp
    this.#terms = new Terms(database)
    const all: ReadAll = (sql, parameters) => this.#all(sql, parameters)
    this.#rows = {
      maxSorted,
      all,
      accounts: new AccountReader(all, this.#terms, this.#kept),
      termOf: (text) => this.#terms.find(text),
    }
  }

  byKeys(keys: readonly AccountKey[], notBefore = -Infinity): (Identity | undefined)[] {
    return guarded(() => this.#rows.accounts.byKeys(keys, notBefore))
  }

  byEmails(emails: readonly string[], sources: readonly IdentitySource[], notBefore = -Infinity): Identity[][] {
    const inOrder = SOURCES.filter((source) => sources.includes(source))
    const read = (email: string): Identity[] => {
      this.#requireReady(sources)
      return inOrder.flatMap((source) => this.#byEmail(source, email.toWellFormed(), notBefore))
    }
    return emails.map((email) =>
      this.#atOnce(
        ['holders', email, inOrder],
        notBefore,
        () => read(email),
        ({ length }) => unlessNone(length),
      ),
    )
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
    return this.#asked(`knowledge ${source}`, () => {
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
    return this.#asked(`lacking ${source} ${mask}`, () => {
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
    return this.#asked(`rest ${source} ${mask}`, () => {
      const [row] = this.#all(restSinceSql(source), [mask, mask])
      return typeof row?.[0] === 'number' ? new Date(row[0]) : null
    })
  }

  page(question: DirectoryPageQuestion): DirectoryPage {
    const read = (): DirectoryPage => {
      this.#requireReady(question.sources)
      return readPage(this.#rows, question)
    }
    return this.#atOnce(['page', question], question.notBefore, read, ({ rows }) => unlessNone(rows.length))
  }

  count(sources: readonly IdentitySource[], filter: DirectoryFilter): number {
    const read = (): number => {
      this.#requireReady(sources)
      return countAccounts(this.#rows, sources, filter)
    }
    return this.#atOnce(['count', sources, filter], undefined, read, (count) => (count === 0 ? undefined : 0))
  }

  /** Everything as of one moment, what is known of each source included. */
  audit(question: StoreAudit): StoreAuditFindings {
    const { sources, emails } = question
    return guarded(() => {
      this.#requireReady(sources)
      return withGiven(this.#database, emails, () =>
        this.#inSnapshot(() => ({
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
    this.#kept?.forget()
    this.#database.close()
  }

  #byEmail(source: IdentitySource, email: string, notBefore: number): Identity[] {
    const from = `FROM ${TABLES[source]}_account WHERE email_key = ? ORDER BY source_id`
    const found = this.#rows.accounts.find({ source, key: 'email_key', from, parameters: [email], notBefore })
    return found.map(({ identity }) => identity)
  }

  #asked<Answer>(question: string, read: () => Answer, accountsIn: AccountsIn<Answer> = () => 0): Answer {
    return guarded(() => (this.#kept ? this.#kept.answer(question, read, accountsIn) : read()))
  }

  /** All of it as of one moment. Who minds how old it is asks with an instant that nobody else asks with. */
  #atOnce<Answer>(
    question: readonly unknown[],
    notBefore: number | undefined,
    read: () => Answer,
    accountsIn: AccountsIn<Answer>,
  ): Answer {
    const readAll = (): Answer => this.#inSnapshot(read)
    if (notBefore !== undefined && notBefore > -Infinity) return guarded(readAll)
    return this.#asked(JSON.stringify(question), readAll, accountsIn)
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

/** A question may hold an address. Nobody's stays in memory for having been asked about. */
function unlessNone(count: number): number | undefined {
  return count === 0 ? undefined : count
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
