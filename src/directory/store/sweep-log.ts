import type { DatabaseSync } from 'node:sqlite'
import type { IdentitySource } from '../../identity/identity.ts'
import type { ClosedSweep, OpenSweep } from './store.ts'

/** Which sweeps there were: of each source the one that is open, and the last one that was whole. */
export class SweepLog {
  readonly #statements: ReturnType<typeof prepare>

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database)
  }

  open(source: IdentitySource, now: Date): OpenSweep {
    const open = this.#statements.findOpen.get(source)
    if (!open) return this.#begin(source, now)
    return {
      sweep: open['sweep'] as number,
      startedAt: new Date(open['started_at'] as number),
      progress: open['progress'] as string | null,
    }
  }

  restart(source: IdentitySource, now: Date): OpenSweep {
    this.#statements.forgetOpen.run(source)
    return this.#begin(source, now)
  }

  /** Undefined: it is not open any more, or never was. */
  startOf(source: IdentitySource, sweep: number): number | undefined {
    return this.#statements.start.get(source, sweep)?.['started_at'] as number | undefined
  }

  setProgress(source: IdentitySource, sweep: number, progress: string): void {
    this.#statements.progress.run(progress, source, sweep)
  }

  close({ source, sweep, whole, closedAt }: ClosedSweep): void {
    this.#statements.close.run(closedAt.getTime(), whole ? 1 : 0, source, sweep)
    this.#statements.forgetEarlier.run(source, source)
  }

  #begin(source: IdentitySource, now: Date): OpenSweep {
    const sweep = Number(this.#statements.begin.run(source, now.getTime()).lastInsertRowid)
    return { sweep, startedAt: now, progress: null }
  }
}

function prepare(database: DatabaseSync) {
  return {
    findOpen: database.prepare('SELECT sweep, started_at, progress FROM sweep WHERE source = ? AND closed_at IS NULL'),
    begin: database.prepare('INSERT INTO sweep (source, started_at) VALUES (?, ?)'),
    forgetOpen: database.prepare('DELETE FROM sweep WHERE source = ? AND closed_at IS NULL'),
    start: database.prepare('SELECT started_at FROM sweep WHERE source = ? AND sweep = ? AND closed_at IS NULL'),
    progress: database.prepare('UPDATE sweep SET progress = ? WHERE source = ? AND sweep = ? AND closed_at IS NULL'),
    close: database.prepare(
      'UPDATE sweep SET closed_at = ?, whole = ? WHERE source = ? AND sweep = ? AND closed_at IS NULL',
    ),
    forgetEarlier: database.prepare(`DELETE FROM sweep WHERE source = ? AND closed_at IS NOT NULL
      AND sweep <> (SELECT coalesce(max(sweep), 0) FROM sweep WHERE source = ? AND whole = 1)`),
  }
}
