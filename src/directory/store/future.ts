import type { DatabaseSync } from 'node:sqlite'
import { SOURCES } from '../../identity/identity.ts'
import { inTransaction } from './connection.ts'
import { TABLES } from './schema.ts'

/** Older than anything: read at a time that nobody knows. */
const UNKNOWN = 0

/**
 * What an earlier process has dated ahead of now was dated by a clock that went wrong. Nobody knows when it was read, so it
 * gives way to whatever is read from now on, and passes for young with nobody.
 *
 * @param now in milliseconds of the epoch.
 */
export function forgetFuture(database: DatabaseSync, now: number): void {
  inTransaction(database, () => {
    const ahead = database.prepare('SELECT source FROM source WHERE asked_at > ?').all(now)
    for (const source of SOURCES.filter((each) => ahead.some((row) => row['source'] === each))) {
      const table = TABLES[source]
      database
        .prepare(`UPDATE ${table}_account SET asked_at = ?, as_of = ? WHERE asked_at > ?`)
        .run(UNKNOWN, UNKNOWN, now)
      database.prepare(`UPDATE ${table}_account SET rest_asked_at = ? WHERE rest_asked_at > ?`).run(UNKNOWN, now)
      // Who is gone comes back by any later reading.
      database.prepare(`UPDATE ${table}_gone SET asked_at = ? WHERE asked_at > ?`).run(now, now)
      database.prepare('UPDATE source SET asked_at = ? WHERE source = ?').run(now, source)
    }
    // Changes are forgotten by age from the oldest on, so that one of the future would keep all behind it.
    if (ahead.length > 0) database.prepare('UPDATE change SET observed_at = ? WHERE observed_at > ?').run(now, now)
    // One that is open cannot be gone on with: how old its first pages are decides what it stands for.
    database.prepare('DELETE FROM sweep WHERE closed_at IS NULL AND started_at > ?').run(now)
    const undate = 'UPDATE sweep SET started_at = ?, closed_at = ? WHERE started_at > ? OR closed_at > ?'
    database.prepare(undate).run(UNKNOWN, UNKNOWN, now, now)
  })
}
