import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { IdentitySource } from '../../identity/identity.ts'
import { derivedColumns, FIELD_COLUMNS, fromColumns, statusCode, toColumns, type ColumnValue } from './account-row.ts'
import { maskOfCarried, type Fields } from './fields.ts'
import type { Known } from './merge.ts'
import { TABLES } from './schema.ts'
import type { Terms } from './terms.ts'
import { NAME_KEY_LENGTH, nameWords } from './words.ts'

/** Within one file, for good. */
export type AccountNumber = number

/** What the file holds of an account; taken apart only if that is needed. */
export interface StoredAccount {
  readonly k: AccountNumber
  readonly age: Known['age']
  readonly row: readonly ColumnValue[]
}

/** A reading, with the columns that it would have. */
export interface Described extends Known {
  readonly columns: readonly ColumnValue[]
}

/** Where an account was seen: by which sweep (0: by none), and behind whom (null: unknown). */
export interface Sighting {
  readonly sweep: number
  readonly predecessor: AccountNumber | null
}

/** The list begins with the account. No account has this number. */
export const NOBODY: AccountNumber = 0

/** How many names are taken in at a time: others want to write, and wait no longer than about a tenth of a second. */
const NAMES_AT_ONCE = 10_000

/** One source's accounts as the writer changes them, within its transactions. */
export class AccountTable {
  readonly #terms: Terms
  readonly #statements: ReturnType<typeof prepare>
  /** Not yet written: how the tally changes, by `known` and status. */
  readonly #tally = new Map<string, number>()
  /** False only if nobody is: millions of accounts that are added first need not be looked for there. */
  #isAnyGone: boolean
  /** Of accounts up to this number, the words of names are kept as they change. Infinity: of all. */
  indexedUntil: AccountNumber

  constructor(database: DatabaseSync, source: IdentitySource, terms: Terms) {
    this.#terms = terms
    this.#statements = prepare(database, source)
    this.#isAnyGone = database.prepare(`SELECT 1 FROM ${TABLES[source]}_gone LIMIT 1`).get() !== undefined
    const isIndexed = database.prepare('SELECT indexed FROM source WHERE source = ?').get(source)?.['indexed']
    this.indexedUntil = isIndexed ? Infinity : 0
  }

  get isIndexed(): boolean {
    return this.indexedUntil === Infinity
  }

  /** The first step of taking the words of all names in: whoever did so before did not get to the end. */
  beginIndex(): void {
    this.#statements.clearNames.run()
  }

  /** Takes in those of some more accounts. Once that is committed, `indexedUntil` is to be set; undefined: that was all. */
  indexMore(): AccountNumber | undefined {
    const from = this.indexedUntil
    const next = this.#statements.nextNumbers.get(from, NAMES_AT_ONCE) as unknown as [number, AccountNumber | null]
    const [count, until] = next
    this.#statements.indexNames.run(from, until)
    if (count === NAMES_AT_ONCE && until !== null) return until
    this.#statements.setIndexed.run()
    return undefined
  }

  numberOf(sourceId: string): AccountNumber | undefined {
    return (this.#statements.number.get(sourceId) as unknown as [number] | undefined)?.[0]
  }

  find(sourceId: string): StoredAccount | undefined {
    const row = this.#statements.find.get(sourceId) as unknown as ColumnValue[] | undefined
    if (!row) return undefined
    const [k, askedAt, asOf, carried, restAskedAt] = row.slice(FIELD_COLUMNS.length) as [...number[], number | null]
    return { k: k as number, age: { askedAt, asOf, carried, restAskedAt } as Known['age'], row }
  }

  describe(known: Known): Described {
    return { ...known, columns: toColumns(known.fields, this.#terms) }
  }

  fieldsOf(stored: StoredAccount): Fields {
    return fromColumns(stored.row, this.#terms)
  }

  /** Undefined: it is there already. */
  add(
    sourceId: string,
    { fields, age, columns }: Described,
    { sweep, predecessor }: Sighting,
  ): AccountNumber | undefined {
    const seen = [age.askedAt, age.asOf, age.carried, age.restAskedAt, sweep, predecessor]
    const derived = derivedColumns(fields, columns, this.#terms)
    const { changes, lastInsertRowid } = this.#statements.add.run(...seen, sourceId, ...columns, ...derived)
    if (changes === 0) return undefined
    const k = Number(lastInsertRowid)
    this.#indexName(k, fields)
    this.#count(fields, 1)
    return k
  }

  change(k: AccountNumber, before: Fields, after: Fields): void {
    const columns = toColumns(after, this.#terms)
    this.#statements.change.run(...columns, ...derivedColumns(after, columns, this.#terms), k)
    if (before.firstName !== after.firstName || before.lastName !== after.lastName) {
      if (k <= this.indexedUntil) this.#statements.removeName.run(k)
      this.#indexName(k, after)
    }
    this.#count(before, -1)
    this.#count(after, 1)
  }

  /** The same once more: what carried it and how old the rest is stay as they were, and so does the index of that. */
  seeAgain(k: AccountNumber, { askedAt, asOf }: Known['age'], { sweep, predecessor }: Sighting): void {
    this.#statements.seeAgain.run(askedAt, asOf, sweep, predecessor, k)
  }

  see(k: AccountNumber, age: Known['age'], { sweep, predecessor }: Sighting): void {
    this.#statements.see.run(age.askedAt, age.asOf, age.carried, age.restAskedAt, sweep, predecessor, k)
  }

  remove(stored: StoredAccount): void {
    const { k } = stored
    this.#count(this.fieldsOf(stored), -1)
    this.#statements.remove.run(k)
    if (k <= this.indexedUntil) this.#statements.removeName.run(k)
  }

  /** That something was asked for then; what is dated ahead of the clock is found by it. */
  setAsked(askedAt: number): void {
    this.#statements.setAsked.run(askedAt)
  }

  goneSince(sourceId: string): number | undefined {
    if (!this.#isAnyGone) return undefined
    return (this.#statements.gone.get(sourceId) as unknown as [number] | undefined)?.[0]
  }

  setGone(sourceId: string, askedAt: number): void {
    this.#isAnyGone = true
    this.#statements.setGone.run(sourceId, askedAt)
  }

  unsetGone(sourceId: string): void {
    this.#statements.unsetGone.run(sourceId)
  }

  forgetGoneBefore(instant: number): void {
    this.#statements.forgetGone.run(instant)
  }

  /** At the end of each transaction. */
  writeTally(): void {
    for (const [kind, change] of this.#tally) {
      const [known, status] = kind.split(' ').map(Number)
      if (change !== 0) this.#statements.tally.run(known as number, status as number, change)
    }
    this.#tally.clear()
  }

  /** After a transaction that was rolled back. */
  forgetTally(): void {
    this.#tally.clear()
  }

  #indexName(k: AccountNumber, fields: Fields): void {
    if (k > this.indexedUntil) return
    const words = nameWords(fields.firstName, fields.lastName)
    if (words.length > 0) this.#statements.addName.run(k, words.join(' '))
  }

  #count(fields: Fields, change: number): void {
    const kind = `${maskOfCarried(fields)} ${statusCode(fields.status) ?? -1}`
    this.#tally.set(kind, (this.#tally.get(kind) ?? 0) + change)
  }
}

function prepare(database: DatabaseSync, source: IdentitySource) {
  const table = TABLES[source]
  const arrays = (sql: string): StatementSync => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const columns = FIELD_COLUMNS.join(', ')
  const marks = FIELD_COLUMNS.map(() => '?').join(', ')
  database.function('name_words', { deterministic: true }, (first, last) =>
    nameWords(first as string | null, last as string | null).join(' '),
  )
  return {
    number: arrays(`SELECT k FROM ${table}_account WHERE source_id = ?`),
    find: arrays(`SELECT ${columns}, k, asked_at, as_of, carried, rest_asked_at
      FROM ${table}_account WHERE source_id = ?`),
    add: database.prepare(`INSERT INTO ${table}_account
      (asked_at, as_of, carried, rest_asked_at, sweep, predecessor, source_id, ${columns})
      VALUES (?, ?, ?, ?, ?, ?, ?, ${marks}) ON CONFLICT (source_id) DO NOTHING`),
    change: database.prepare(
      `UPDATE ${table}_account SET ${FIELD_COLUMNS.map((column) => `${column} = ?`).join(', ')} WHERE k = ?`,
    ),
    // A late page of a sweep that was forgotten takes nobody out of the one that came after it.
    see: database.prepare(`UPDATE ${table}_account SET asked_at = ?, as_of = ?, carried = ?, rest_asked_at = ?,
      sweep = max(sweep, ?), predecessor = coalesce(?, predecessor) WHERE k = ?`),
    seeAgain: database.prepare(`UPDATE ${table}_account SET asked_at = ?, as_of = ?,
      sweep = max(sweep, ?), predecessor = coalesce(?, predecessor) WHERE k = ?`),
    remove: database.prepare(`DELETE FROM ${table}_account WHERE k = ?`),
    gone: arrays(`SELECT asked_at FROM ${table}_gone WHERE source_id = ?`),
    setGone: database.prepare(`INSERT INTO ${table}_gone VALUES (?, ?)
      ON CONFLICT DO UPDATE SET asked_at = max(asked_at, excluded.asked_at)`),
    unsetGone: database.prepare(`DELETE FROM ${table}_gone WHERE source_id = ?`),
    forgetGone: database.prepare(`DELETE FROM ${table}_gone WHERE asked_at < ?`),
    tally: database.prepare(`INSERT INTO ${table}_tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`),
    addName: database.prepare(`INSERT INTO ${table}_name (rowid, words) VALUES (?, ?)`),
    removeName: database.prepare(`DELETE FROM ${table}_name WHERE rowid = ?`),
    clearNames: database.prepare(`INSERT INTO ${table}_name (${table}_name) VALUES ('delete-all')`),
    nextNumbers: arrays(`SELECT count(*), max(k) FROM (SELECT k FROM ${table}_account WHERE k > ? ORDER BY k LIMIT ?)`),
    // An order key of ASCII alone that was not cut has the same words, and most are like that.
    indexNames: database.prepare(`INSERT INTO ${table}_name (rowid, words)
      SELECT k, CASE WHEN octet_length(name_key) = length(name_key) AND length(name_key) < ${NAME_KEY_LENGTH} THEN name_key
        ELSE name_words(first_name, last_name) END
      FROM ${table}_account WHERE k > ? AND k <= ? AND name_key IS NOT NULL`),
    setAsked: database.prepare(`UPDATE source SET asked_at = max(asked_at, ?) WHERE source = '${source}'`),
    setIndexed: database.prepare(`UPDATE source SET indexed = 1 WHERE source = '${source}'`),
  }
}
