import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { SOURCES, type Identity, type IdentitySource } from '../../identity/identity.ts'
import type { ProvisionEntry } from '../../identity/writes/provision-ledger.ts'
import { saysAll } from './account-row.ts'
import {
  AccountTable,
  NOBODY,
  type AccountNumber,
  type Described,
  type Sighting,
  type StoredAccount,
} from './account-table.ts'
import { ChangeLog } from './change-log.ts'
import { DEFAULT_RETENTION, type ChangeRetention } from './change-retention.ts'
import { inTransaction } from './connection.ts'
import { guarded } from './fault.ts'
import { ALL_FIELDS, changedFields, toFields } from './fields.ts'
import { firstKnown, merged } from './merge.ts'
import { ProvisionTable } from './provision-table.ts'
import { indexStatements, TABLES } from './schema.ts'
import type { ProvisionStore } from './sqlite-ledger.ts'
import type {
  ClosedSweep,
  DirectoryWriter,
  LackingAccounts,
  Missing,
  MissingAccount,
  OpenSweep,
  Reading,
  SaveOutcome,
  SweepPage,
} from './store.ts'
import { SweepLog } from './sweep-log.ts'
import { Terms } from './terms.ts'

/** No answer is under way for so long, so nothing older can still arrive. */
const KEEP_GONE_MS = 24 * 60 * 60 * 1000

/** The writer over a database of its own thread. Each method is one transaction, done before its promise is returned. */
export class SqliteWriter implements DirectoryWriter, ProvisionStore {
  readonly #database: DatabaseSync
  readonly #terms: Terms
  readonly #tables: Readonly<Record<IdentitySource, AccountTable>>
  readonly #sweeps: SweepLog
  readonly #provisions: ProvisionTable
  readonly #changes: ChangeLog

  constructor(database: DatabaseSync, retention: ChangeRetention = DEFAULT_RETENTION) {
    this.#database = database
    this.#terms = new Terms(database)
    this.#sweeps = new SweepLog(database)
    this.#provisions = new ProvisionTable(database)
    this.#changes = new ChangeLog(database, retention)
    const tables = SOURCES.map((source) => [source, new AccountTable(database, source, this.#terms)])
    this.#tables = Object.fromEntries(tables) as Record<IdentitySource, AccountTable>
  }

  async openSweep(source: IdentitySource, now: Date): Promise<OpenSweep> {
    return this.#change(() => this.#sweeps.open(source, now))
  }

  async restartSweep(source: IdentitySource, now: Date): Promise<OpenSweep> {
    return this.#change(() => this.#sweeps.restart(source, now))
  }

  async saveSweepPages(pages: readonly SweepPage[]): Promise<SaveOutcome> {
    return this.#change(() => {
      const outcome = { added: 0, changed: 0 }
      for (const page of pages) this.#save(page, page.sweep, outcome)
      const last = pages.at(-1)
      if (last) this.#sweeps.setProgress(last.source, last.sweep, last.progress)
      return outcome
    })
  }

  async save(reading: Reading): Promise<SaveOutcome> {
    return this.#change(() => this.#save(reading, 0, { added: 0, changed: 0 }))
  }

  async missing(source: IdentitySource, sweep: number, limit: number): Promise<Missing> {
    const startedAt = guarded(() => this.#sweeps.startOf(source, sweep))
    // Of a sweep that is closed or forgotten nothing can be concluded.
    if (startedAt === undefined) return { count: 0, known: 0, accounts: [] }
    return guarded(() => readMissing(this.#database, source, [startedAt, sweep], limit))
  }

  async closeSweep(sweep: ClosedSweep): Promise<void> {
    if (sweep.whole && !this.#tables[sweep.source].isIndexed) await this.#buildIndexes(sweep.source)
    this.#change(() => {
      this.#sweeps.close(sweep)
      this.#tables[sweep.source].forgetGoneBefore(sweep.closedAt.getTime() - KEEP_GONE_MS)
    })
  }

  async remove(source: IdentitySource, sourceIds: readonly string[], askedAt: Date): Promise<void> {
    const table = this.#tables[source]
    this.#change(() => {
      table.setAsked(askedAt.getTime())
      for (const sourceId of sourceIds) {
        const known = table.find(sourceId)
        // It was seen after the question that it was missing from.
        if (known && known.age.askedAt > askedAt.getTime()) continue
        if (known && table.isIndexed) {
          this.#changes.record({ source, sourceId }, table.fieldsOf(known), undefined, askedAt)
        }
        if (known) table.remove(known)
        table.setGone(sourceId, askedAt.getTime())
      }
    })
  }

  async lacking(source: IdentitySource, limit: number, after: number | null = null): Promise<LackingAccounts> {
    const sql = `SELECT k, source_id FROM ${TABLES[source]}_account
      WHERE known <> ${ALL_FIELDS} AND k > ? ORDER BY k LIMIT ?`
    const rows = guarded(() => this.#database.prepare(sql).all(after ?? 0, limit))
    const last = rows.length < limit ? undefined : rows.at(-1)
    return {
      sourceIds: rows.map((row) => row['source_id'] as string),
      next: (last?.['k'] as number | undefined) ?? null,
    }
  }

  async outdated(source: IdentitySource, before: Date, limit: number): Promise<readonly string[]> {
    return guarded(() => readOutdated(this.#database, source, before.getTime(), limit))
  }

  async findProvision(key: string, now: number): Promise<ProvisionEntry | undefined> {
    return this.#provisions.find(key, now)
  }

  async saveProvision(key: string, entry: ProvisionEntry, now: number, maxEntries: number): Promise<boolean> {
    return this.#provisions.save(key, entry, now, maxEntries)
  }

  async removeProvision(key: string): Promise<void> {
    this.#provisions.remove(key)
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #save(reading: Reading, sweep: number, outcome: { added: number; changed: number }): SaveOutcome {
    const table = this.#tables[reading.source]
    table.setAsked(reading.askedAt.getTime())
    // What is read before the first whole sweep is where the log begins, and no change.
    const log = table.isIndexed ? this.#changes : undefined
    let predecessor: AccountNumber | null = null
    if (reading.after === null) predecessor = NOBODY
    else if (reading.after !== undefined) predecessor = table.numberOf(reading.after) ?? null
    for (const row of reading.rows) {
      const k = saveRow(table, row, reading.askedAt.getTime(), { sweep, predecessor }, outcome, log)
      predecessor = reading.after === undefined ? null : (k ?? null)
    }
    log?.prune(reading.askedAt.getTime())
    return outcome
  }

  /** One step after the other, so that what others want to save need not wait for all of them. */
  async #buildIndexes(source: IdentitySource): Promise<void> {
    for (const statement of indexStatements(source)) {
      guarded(() => this.#database.exec(statement))
      await setImmediate()
    }
    const table = this.#tables[source]
    table.indexedUntil = 0
    this.#change(() => table.beginIndex())
    while (!table.isIndexed) {
      table.indexedUntil = this.#change(() => this.#indexMore(table)) ?? Infinity
      await setImmediate()
    }
  }

  /** Undefined: all of it is indexed, and the log goes on from here. */
  #indexMore(table: AccountTable): AccountNumber | undefined {
    const until = table.indexMore()
    if (until === undefined) this.#changes.beginAnew()
    return until
  }

  #change<Result>(run: () => Result): Result {
    const tables = Object.values(this.#tables)
    try {
      return guarded(() =>
        inTransaction(this.#database, () => {
          const result = run()
          for (const table of tables) table.writeTally()
          return result
        }),
      )
    } catch (error) {
      this.#terms.forget()
      for (const table of tables) table.forgetTally()
      throw error
    }
  }
}

/** Undefined: the account is gone, and this reading is older than that. */
function saveRow(
  table: AccountTable,
  row: Identity,
  askedAt: number,
  sighting: Sighting,
  outcome: { added: number; changed: number },
  log: ChangeLog | undefined,
): AccountNumber | undefined {
  const reading = table.describe(firstKnown(toFields(row), askedAt, row.asOf.getTime()))
  // Until a first sweep was whole nearly all are new: whether they are is found out by adding them.
  let stored = table.isIndexed ? table.find(row.sourceId) : undefined
  if (!stored) {
    const goneSince = table.goneSince(row.sourceId)
    if (goneSince !== undefined && askedAt <= goneSince) return undefined
    if (goneSince !== undefined) table.unsetGone(row.sourceId)
    const added = table.add(row.sourceId, reading, sighting)
    if (added !== undefined) {
      log?.record(row, undefined, reading.fields, row.asOf)
      outcome.added++
      return added
    }
    stored = table.find(row.sourceId) as StoredAccount
  }
  const { k, age } = stored
  if (isRepetition(stored, reading)) {
    table.seeAgain(k, reading.age, sighting)
    return k
  }
  const before = table.fieldsOf(stored)
  const after = merged({ fields: before, age }, reading)
  if (changedFields(before, after.fields).length > 0) {
    outcome.changed++
    table.change(k, before, after.fields)
    log?.record(row, before, after.fields, row.asOf)
  }
  table.see(k, after.age, sighting)
  return k
}

/** The same once more, and later. */
function isRepetition({ age, row }: StoredAccount, { age: { askedAt, carried }, columns }: Described): boolean {
  return askedAt >= age.askedAt && carried === age.carried && saysAll(row, columns, carried)
}

/** The oldest first: of each of the few things that lists have carried, and then of all. */
function readOutdated(database: DatabaseSync, source: IdentitySource, before: number, limit: number): string[] {
  const accounts = `${TABLES[source]}_account WHERE rest_asked_at IS NOT NULL`
  const nextMask = database.prepare(`SELECT min(carried) AS mask FROM ${accounts} AND carried > ?`)
  const oldest =
    database.prepare(`SELECT source_id, rest_asked_at FROM ${accounts} AND carried = ? AND rest_asked_at < ?
    ORDER BY rest_asked_at LIMIT ?`)
  const found: Record<string, unknown>[] = []
  for (let mask: unknown = -1; mask !== null;) {
    mask = nextMask.get(mask as number)?.['mask'] ?? null
    if (mask !== null) found.push(...oldest.all(mask as number, before, limit))
  }
  found.sort((a, b) => (a['rest_asked_at'] as number) - (b['rest_asked_at'] as number))
  return found.slice(0, limit).map((row) => row['source_id'] as string)
}

function readMissing(
  database: DatabaseSync,
  source: IdentitySource,
  sweep: readonly [startedAt: number, sweep: number],
  limit: number,
): Missing {
  const table = TABLES[source]
  const unseen = `FROM ${table}_account WHERE asked_at < ? AND sweep <> ?`
  const count = database.prepare(`SELECT count(*) AS n ${unseen}`).get(...sweep)?.['n'] as number
  const known = database.prepare(`SELECT coalesce(sum(n), 0) AS n FROM ${table}_tally`).get()?.['n'] as number
  const accounts = database.prepare(`
    SELECT missing.source_id, missing.predecessor, before.source_id AS before
    FROM (SELECT source_id, predecessor ${unseen} ORDER BY k LIMIT ?) AS missing
    LEFT JOIN ${table}_account AS before ON before.k = missing.predecessor`)
  return { count, known, accounts: accounts.all(...sweep, limit).map(toMissing) }
}

function toMissing(row: Record<string, unknown>): MissingAccount {
  const predecessor = row['predecessor'] === NOBODY ? null : ((row['before'] as string | null) ?? undefined)
  return { sourceId: row['source_id'] as string, predecessor }
}
