import { CARRIED_FIELDS, type Identity } from '../../src/identity/identity.ts'
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

interface StoredRow {
  readonly identity: Identity
  /** The latest call that showed it. */
  readonly askedAt: Date
  readonly predecessor: string | null | undefined
}

/** A DirectoryWriter of one source in plain maps: what the real store must behave like. */
export class MemoryStore implements DirectoryWriter {
  readonly rows = new Map<string, StoredRow>()
  readonly closed: ClosedSweep[] = []
  readonly #gone = new Map<string, Date>()
  #open: OpenSweep | undefined
  #sweeps = 0

  get open(): OpenSweep | undefined {
    return this.#open
  }

  async openSweep(_source: string, now: Date): Promise<OpenSweep> {
    this.#open ??= { sweep: ++this.#sweeps, startedAt: now, progress: null }
    return this.#open
  }

  async restartSweep(source: string, now: Date): Promise<OpenSweep> {
    this.#open = undefined
    return this.openSweep(source, now)
  }

  async saveSweepPages(pages: readonly SweepPage[]): Promise<SaveOutcome> {
    const outcome = { added: 0, changed: 0 }
    for (const page of pages) {
      if (this.#open?.sweep !== page.sweep) throw new Error('a page of a sweep that is not open')
      this.#open = { ...this.#open, progress: page.progress }
      let predecessor = page.after
      for (const identity of page.rows) {
        this.#put(identity, page.askedAt, predecessor, outcome)
        predecessor = identity.sourceId
      }
    }
    return outcome
  }

  async save({ rows, askedAt }: Reading): Promise<SaveOutcome> {
    const outcome = { added: 0, changed: 0 }
    for (const identity of rows) {
      this.#put(identity, askedAt, this.rows.get(identity.sourceId)?.predecessor, outcome)
    }
    return outcome
  }

  async missing(_source: string, sweep: number, limit: number): Promise<Missing> {
    if (this.#open?.sweep !== sweep) throw new Error('who is missing is known of the open sweep only')
    const { startedAt } = this.#open
    const missing = [...this.rows].filter(([, row]) => row.askedAt < startedAt)
    const accounts = missing.map(([sourceId, { predecessor }]) => ({ sourceId, predecessor })).slice(0, limit)
    return { count: missing.length, known: this.rows.size, accounts }
  }

  async closeSweep(sweep: ClosedSweep): Promise<void> {
    if (this.#open?.sweep !== sweep.sweep) throw new Error('a sweep that is not open was closed')
    this.closed.push(sweep)
    this.#open = undefined
  }

  async remove(_source: string, sourceIds: readonly string[], askedAt: Date): Promise<void> {
    for (const id of sourceIds) {
      const row = this.rows.get(id)
      if (row && row.askedAt > askedAt) continue
      this.rows.delete(id)
      this.#gone.set(id, askedAt)
    }
  }

  async lacking(_source: string, limit: number, after: number | null = null): Promise<LackingAccounts> {
    const ids = [...this.rows.keys()].toSorted()
    const begin = after ?? 0
    const lacking = ids.slice(begin).filter((id) => this.#lacksFields(id))
    const named = lacking.slice(0, limit)
    const last = named.at(-1)
    return { sourceIds: named, next: named.length < limit || last === undefined ? null : ids.indexOf(last) + 1 }
  }

  async outdated(): Promise<readonly string[]> {
    return []
  }

  async close(): Promise<void> {}

  #lacksFields(id: string): boolean {
    const identity = this.rows.get(id)?.identity
    return identity !== undefined && CARRIED_FIELDS.some((field) => identity[field] === undefined)
  }

  #put(
    identity: Identity,
    askedAt: Date,
    predecessor: string | null | undefined,
    outcome: { added: number; changed: number },
  ): void {
    const id = identity.sourceId
    const before = this.rows.get(id)
    const goneAt = this.#gone.get(id)
    if ((before && before.askedAt > askedAt) || (goneAt && goneAt >= askedAt)) return
    if (!before) outcome.added++
    else if (before.identity.firstName !== identity.firstName) outcome.changed++
    this.rows.set(id, { identity, askedAt, predecessor })
  }
}
