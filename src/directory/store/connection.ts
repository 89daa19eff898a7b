import { DatabaseSync } from 'node:sqlite'

/** Who opens the file, and with how much memory for its pages. */
const CACHE_KIB = { writer: 32_768, slowReader: 32_768, reader: 16_384 } as const
export type ConnectionRole = keyof typeof CACHE_KIB

/** How long the one waits for the other where they share a lock: only while the file is opened or closed. */
const BUSY_TIMEOUT_MS = 5_000
/** Pages in the log before they are moved into the file. More of them make loading faster, and reading slower. */
const CHECKPOINT_PAGES = 10_000
const MAX_IDLE_LOG_BYTES = 64 * 1024 * 1024

/** @param durable whether what was committed must survive a loss of power; a killed process loses nothing either way. */
export function openConnection(path: string, role: ConnectionRole, durable: boolean): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: role !== 'writer', timeout: BUSY_TIMEOUT_MS })
  try {
    database.exec(`PRAGMA cache_size = -${CACHE_KIB[role]}`)
    if (role === 'writer') {
      database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = ${durable ? 'NORMAL' : 'OFF'};
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES};
      `)
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** All of it or nothing. */
export function inTransaction<Result>(database: DatabaseSync, run: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk has already rolled it back.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Runs several reads on one state of the file. */
export type InSnapshot = <Result>(run: () => Result) => Result

export function prepareSnapshots(database: DatabaseSync): InSnapshot {
  const begin = database.prepare('BEGIN')
  const commit = database.prepare('COMMIT')
  return (run) => {
    begin.run()
    try {
      return run()
    } finally {
      if (database.isTransaction) commit.run()
    }
  }
}
