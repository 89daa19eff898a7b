import type { DatabaseSync } from 'node:sqlite'
import type { AccountKey } from '../../identity/identity-id.ts'
import { SOURCES } from '../../identity/identity.ts'
import { judgeChange } from './change-kind.ts'
import type { ChangeRetention } from './change-retention.ts'
import { maskOf, type Fields } from './fields.ts'
import { CHANGE_KIND_CODES, RANDOM_RUN } from './schema.ts'

/** How many entries one transaction forgets at most: many times what one can add, so that the log cannot outgrow it. */
const MAX_FORGOTTEN = 10_000

/**
 * The log of changes as the writer continues it, within the transactions that make them: so an entry is there if and only
 * if its change is. Its oldest row is no entry any more, but the place where the log begins.
 */
export class ChangeLog {
  readonly #retention: ChangeRetention
  readonly #statements: ReturnType<typeof prepare>
  /**
   * What was committed may be lost with the power, or by going back to a copy of the file, after callers have seen it. The
   * numbers that are given again then are told apart by who gave them.
   */
  readonly #run: number

  constructor(database: DatabaseSync, retention: ChangeRetention) {
    this.#retention = retention
    this.#statements = prepare(database)
    this.#run = database.prepare(`SELECT ${RANDOM_RUN} AS run`).get()?.['run'] as number
  }

  /** @param before undefined: the account was not there. @param after undefined: it is gone. */
  record({ source, sourceId }: AccountKey, before: Fields | undefined, after: Fields | undefined, at: Date): void {
    const change = judgeChange(before, after)
    if (!change) return
    const { kind, fields } = change
    const code = CHANGE_KIND_CODES[kind]
    this.#statements.add.run(this.#run, SOURCES.indexOf(source), sourceId, code, maskOf(fields), at.getTime())
  }

  /**
   * A source is in the log from now on. Whoever has a cursor from before has not heard of its accounts, and would never: no
   * cursor from before is good any more.
   */
  beginAnew(): void {
    const { lastInsertRowid } = this.#statements.begin.run(this.#run)
    this.#statements.forget.run(lastInsertRowid)
  }

  /** Forgets what is too old, or too much. @param now in milliseconds. */
  prune(now: number): void {
    const { maxAgeMs, maxCount } = this.#retention
    const [start, oldestAt, end] = this.#statements.extent.get() as unknown as [number, number | null, number]
    const limit = start + MAX_FORGOTTEN
    const eldest = now - maxAgeMs
    const isOld = oldestAt !== null && oldestAt < eldest
    const lastOld = isOld ? (this.#statements.lastOld.get(limit, eldest)?.['seq'] as number) : start
    const begin = Math.min(limit, Math.max(end - maxCount, lastOld))
    if (begin > start) this.#statements.forget.run(begin)
  }
}

function prepare(database: DatabaseSync) {
  const extent = database.prepare(`
    SELECT (SELECT min(seq) FROM change), (SELECT observed_at FROM change ORDER BY seq LIMIT 1 OFFSET 1),
      (SELECT max(seq) FROM change)`)
  extent.setReturnArrays(true)
  return {
    add: database.prepare(`INSERT INTO change (run, source, source_id, kind, fields, observed_at)
      VALUES (?, ?, ?, ?, ?, ?)`),
    extent,
    lastOld: database.prepare('SELECT max(seq) AS seq FROM change WHERE seq <= ? AND observed_at < ?'),
    forget: database.prepare('DELETE FROM change WHERE seq < ?'),
    begin: database.prepare('INSERT INTO change (run) VALUES (?)'),
  }
}
