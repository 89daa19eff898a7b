import type { DirectoryPageQuestion } from '../../src/directory/store/store.ts'
import type { Identity } from '../../src/identity/identity.ts'
import type { ChangePlace, IdentityChange } from '../../src/identity/identity-change.ts'
import type { LoggedStore } from './logged-store.ts'

/** Of a kind, the status that it says by itself. */
const SAYS: Partial<Readonly<Record<IdentityChange['kind'], string>>> = {
  DEACTIVATED: 'INACTIVE',
  ARCHIVED: 'ARCHIVED',
  REACTIVATED: 'ACTIVE',
}

/**
 * A consumer as the documentation advises: takes the log's end, then everybody, and from then on only what the log says. Where
 * a change does not say what came of it, the account is looked at, as it is by then.
 */
export class LogFollower {
  /** Each account's status. */
  readonly statuses = new Map<string, string | undefined>()
  readonly baseline: ReadonlyMap<string, Identity>
  readonly changes: IdentityChange[] = []
  /** What cannot be, if each change is told once. */
  readonly contradictions: string[] = []
  readonly #store: LoggedStore
  #place: ChangePlace

  constructor(store: LoggedStore) {
    this.#store = store
    this.#place = store.reader.latestChange()
    this.baseline = everybody(store)
    for (const [id, { status }] of this.baseline) this.statuses.set(id, status)
  }

  /** @param first how many at a time. */
  follow(first: number): void {
    for (;;) {
      const page = this.#store.reader.changes([this.#store.source], this.#place, first)
      if (!page) throw new Error('the place is lost')
      for (const { change, place } of page.changes) {
        this.#apply(change)
        this.#place = place
      }
      if (!page.more) return
    }
  }

  #apply(change: IdentityChange): void {
    const { kind, sourceId, fields } = change
    this.changes.push(change)
    if (this.statuses.has(sourceId) === (kind === 'PROVISIONED')) this.contradictions.push(`${sourceId} ${kind}`)
    if (kind === 'GONE') this.statuses.delete(sourceId)
    else if (SAYS[kind]) this.statuses.set(sourceId, SAYS[kind])
    else if (kind === 'PROVISIONED' || fields.includes('status')) {
      const [now] = this.#store.reader.byKeys([change])
      this.statuses.set(sourceId, now?.status)
    }
  }
}

export function everybody(store: LoggedStore): Map<string, Identity> {
  const question: DirectoryPageQuestion = {
    sources: [store.source],
    filter: {},
    order: { field: 'BY_SOURCE', direction: 'ASC' },
    count: 100_000,
    take: 'first',
  }
  return new Map(store.reader.page(question).rows.map(({ identity }) => [identity.sourceId, identity]))
}
