import type { DatabaseSync } from 'node:sqlite'
import { KEPT_MS, type ProvisionEntry, type ProvisionState } from '../../identity/writes/provision-ledger.ts'
import { inTransaction } from './connection.ts'
import { guarded } from './fault.ts'

/** As numbers; part of the file's format. */
const KINDS: Readonly<Record<ProvisionState['kind'], number>> = { POSTED: 0, CREATED: 1, COMPLETE: 2 }

/**
 * Creations by their idempotency keys, as the writer keeps them. What is saved here is on the disk when that returns: a
 * POST follows it, and after a loss of power it must still be known that one may have left us.
 */
export class ProvisionTable {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  /** How the connection commits otherwise; a file that ends with the process is never waited for. */
  readonly #synchronous: number

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepare(database)
    this.#synchronous = database.prepare('PRAGMA synchronous').get()?.['synchronous'] as number
  }

  /** @param now in milliseconds of the epoch, as everywhere here. */
  find(key: string, now: number): ProvisionEntry | undefined {
    const row = guarded(() => this.#statements.find.get(key, now - KEPT_MS))
    return row && toEntry(row)
  }

  /** Says whether there was room for it. One of unknown fate is never dropped to make room. */
  save(key: string, { asked, state, startedAt }: ProvisionEntry, now: number, maxEntries: number): boolean {
    const sourceId = state.kind === 'POSTED' ? null : state.sourceId
    return this.#durably(() => {
      if (!this.#statements.has.get(key) && !this.#makeRoom(now, maxEntries)) return false
      this.#statements.save.run(key, asked, KINDS[state.kind], sourceId, startedAt)
      return true
    })
  }

  remove(key: string): void {
    this.#durably(() => this.#statements.remove.run(key))
  }

  #makeRoom(now: number, maxEntries: number): boolean {
    this.#statements.removeOver.run(now - KEPT_MS)
    if ((this.#statements.count.get()?.['n'] as number) < maxEntries) return true
    return this.#statements.removeOldestKnown.run(KINDS.POSTED).changes > 0
  }

  #durably<Result>(run: () => Result): Result {
    if (this.#synchronous === 0) return guarded(() => inTransaction(this.#database, run))
    return guarded(() => {
      this.#database.exec('PRAGMA synchronous = FULL')
      try {
        return inTransaction(this.#database, run)
      } finally {
        this.#database.exec(`PRAGMA synchronous = ${this.#synchronous}`)
      }
    })
  }
}

function toEntry(row: Record<string, unknown>): ProvisionEntry {
  const kind = (Object.keys(KINDS) as ProvisionState['kind'][]).find((each) => KINDS[each] === row['kind'])
  const state = (kind === 'POSTED' ? { kind } : { kind, sourceId: row['source_id'] }) as ProvisionState
  return { asked: row['asked'] as string, state, startedAt: row['started_at'] as number }
}

function prepare(database: DatabaseSync) {
  return {
    find: database.prepare('SELECT asked, kind, source_id, started_at FROM provision WHERE key = ? AND started_at > ?'),
    has: database.prepare('SELECT 1 FROM provision WHERE key = ?'),
    count: database.prepare('SELECT count(*) AS n FROM provision'),
    save: database.prepare(`INSERT INTO provision VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      asked = excluded.asked, kind = excluded.kind, source_id = excluded.source_id, started_at = excluded.started_at`),
    remove: database.prepare('DELETE FROM provision WHERE key = ?'),
    removeOver: database.prepare('DELETE FROM provision WHERE started_at <= ?'),
    removeOldestKnown: database.prepare(`DELETE FROM provision WHERE key =
      (SELECT key FROM provision WHERE kind <> ? ORDER BY started_at, key LIMIT 1)`),
  }
}
