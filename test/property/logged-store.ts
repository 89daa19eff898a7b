import { DatabaseSync } from 'node:sqlite'
import { prepareFile } from '../../src/directory/store/schema.ts'
import { SqliteReader } from '../../src/directory/store/sqlite-reader.ts'
import type {
  ClosedSweep,
  DirectoryWriter,
  LackingAccounts,
  Missing,
  OpenSweep,
  Reading,
  SaveOutcome,
  SweepPage,
} from '../../src/directory/store/store.ts'
import { SqliteWriter } from '../../src/directory/store/writer.ts'
import { CARRIED_FIELDS, type Identity, type IdentitySource } from '../../src/identity/identity.ts'
import type { ChangePlace } from '../../src/identity/identity-change.ts'

/** Making one takes longer than most of what happens to it. */
const emptyDirectory = (() => {
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  return database.serialize()
})()

/** What a change is called by what the status was and is; two words that are not here: UPDATED. */
const NAMES: Readonly<Record<string, string>> = {
  'ACTIVE>INACTIVE': 'DEACTIVATED',
  'ARCHIVED>INACTIVE': 'DEACTIVATED',
  'UNKNOWN>INACTIVE': 'DEACTIVATED',
  'ACTIVE>ARCHIVED': 'ARCHIVED',
  'INACTIVE>ARCHIVED': 'ARCHIVED',
  'UNKNOWN>ARCHIVED': 'ARCHIVED',
  'INACTIVE>ACTIVE': 'REACTIVATED',
  'ARCHIVED>ACTIVE': 'REACTIVATED',
}

/**
 * The real store, which looks at everything that is written whether the log says exactly what became of the accounts: by
 * what can be read of them before and after.
 */
export class LoggedStore implements DirectoryWriter {
  readonly source: IdentitySource
  /** Where the log and the accounts differ. */
  readonly deviations: string[] = []
  /** Called when the first sweep was whole, before anything else happens. */
  onReady = (): void => {}
  readonly #database = new DatabaseSync(':memory:')
  #writer: SqliteWriter
  #reader: SqliteReader

  constructor(source: IdentitySource) {
    this.source = source
    this.#database.deserialize(emptyDirectory)
    this.#writer = new SqliteWriter(this.#database)
    this.#reader = new SqliteReader(this.#database)
  }

  get reader(): SqliteReader {
    return this.#reader
  }

  get isReady(): boolean {
    return this.#reader.knowledge(this.source).ready
  }

  /** As another process would. */
  reopen(): void {
    this.#writer = new SqliteWriter(this.#database)
    this.#reader = new SqliteReader(this.#database)
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  async openSweep(source: IdentitySource, now: Date): Promise<OpenSweep> {
    return this.#writer.openSweep(source, now)
  }

  async restartSweep(source: IdentitySource, now: Date): Promise<OpenSweep> {
    return this.#writer.restartSweep(source, now)
  }

  async saveSweepPages(pages: readonly SweepPage[]): Promise<SaveOutcome> {
    return this.#watch(pages.flatMap(idsOf), async () => this.#writer.saveSweepPages(pages))
  }

  async save(reading: Reading): Promise<SaveOutcome> {
    return this.#watch(idsOf(reading), async () => this.#writer.save(reading))
  }

  async remove(source: IdentitySource, sourceIds: readonly string[], askedAt: Date): Promise<void> {
    return this.#watch(sourceIds, async () => this.#writer.remove(source, sourceIds, askedAt))
  }

  async missing(source: IdentitySource, sweep: number, limit: number): Promise<Missing> {
    return this.#writer.missing(source, sweep, limit)
  }

  async closeSweep(sweep: ClosedSweep): Promise<void> {
    const wasReady = this.isReady
    await this.#writer.closeSweep(sweep)
    if (!wasReady && this.isReady) this.onReady()
  }

  async lacking(source: IdentitySource, limit: number, after: number | null = null): Promise<LackingAccounts> {
    return this.#writer.lacking(source, limit, after)
  }

  async outdated(source: IdentitySource, before: Date, limit: number): Promise<readonly string[]> {
    return this.#writer.outdated(source, before, limit)
  }

  /** The writer does all of it before it gives its promise. */
  async #watch<Result>(sourceIds: readonly string[], run: () => Promise<Result>): Promise<Result> {
    const isLogged = this.isReady
    const ids = [...new Set(sourceIds)]
    const place = this.#reader.latestChange()
    const before = this.#read(ids)
    const done = run()
    const after = this.#read(ids)
    const expected = isLogged ? ids.flatMap((id, index) => describe(id, before[index], after[index])) : []
    const found = isLogged ? this.#since(place) : []
    if (found.join() !== expected.join()) this.deviations.push(`${found.join()} instead of ${expected.join()}`)
    if (!isLogged && this.#reader.latestChange().seq !== place.seq) this.deviations.push('logged before the baseline')
    return done
  }

  #read(ids: readonly string[]): (Identity | undefined)[] {
    return this.#reader.byKeys(ids.map((sourceId) => ({ source: this.source, sourceId })))
  }

  #since(place: ChangePlace): string[] {
    const page = this.#reader.changes([this.source], place, Number.MAX_SAFE_INTEGER - 2)
    return (
      page?.changes.map(({ change: { sourceId, kind, fields } }) => [sourceId, kind, ...fields].join(' ')) ?? ['lost']
    )
  }
}

function idsOf({ rows }: Reading): string[] {
  return rows.map(({ sourceId }) => sourceId)
}

function describe(id: string, before: Identity | undefined, after: Identity | undefined): string[] {
  if (!before) return after ? [`${id} PROVISIONED`] : []
  if (!after) return [`${id} GONE`]
  const fields = CARRIED_FIELDS.filter((name) => before[name] !== undefined && before[name] !== after[name])
  if (fields.length === 0) return []
  return [[id, NAMES[`${before.status}>${after.status}`] ?? 'UPDATED', ...fields].join(' ')]
}
