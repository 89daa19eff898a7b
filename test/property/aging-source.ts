import { MAX_PAGE_SIZE, type OffsetAccountSource } from '../../src/identity/account-source.ts'
import type { Identity } from '../../src/identity/identity.ts'
import { account, listed } from '../fixtures/accounts.ts'

export const BASE = Date.UTC(2026, 0)
/** One that lists carry, two that they do not. */
export const AGING_FIELDS = ['email', 'role', 'timezone'] as const
export type AgingField = (typeof AGING_FIELDS)[number]

/**
 * An upstream with a few people whose fields change. Its lists carry five fields, its single answers all. It remembers what
 * was true when, by a clock that moves with every call.
 */
export class AgingSource {
  time = 0
  /** Happens once, behind the moment of which the next answer tells, and before it arrives. */
  meanwhile = (): void => {}
  readonly ids: readonly string[]
  readonly #now = new Map<string, Identity>()
  /** Of each field of each account, the values that it had, with the time from which it had them. */
  readonly #history = new Map<string, { readonly since: number; readonly value: unknown }[]>()

  constructor(size: number) {
    this.ids = Array.from({ length: size }, (_, index) => `u${index}`)
    for (const sourceId of this.ids) {
      const identity = account({ source: 'LEGACY', sourceId, email: 'a@a.com', role: 'a', timezone: 'a' })
      this.#now.set(sourceId, identity)
      for (const field of AGING_FIELDS) {
        this.#history.set(`${sourceId} ${field}`, [{ since: -Infinity, value: identity[field] }])
      }
    }
  }

  change(sourceId: string, field: AgingField, value: string): void {
    this.#now.set(sourceId, { ...(this.#now.get(sourceId) as Identity), [field]: value })
    this.#history.get(`${sourceId} ${field}`)?.push({ since: this.time, value })
  }

  /** What the field was at one time or another between these two. */
  valuesWithin(sourceId: string, field: AgingField, from: number, until: number): Set<unknown> {
    const states = this.#history.get(`${sourceId} ${field}`) ?? []
    return new Set(
      states
        .filter(({ since }, index) => since <= until && (states[index + 1]?.since ?? Infinity) >= from)
        .map(({ value }) => value),
    )
  }

  /** A call takes three milliseconds; what it answers was true before it arrives. */
  offset(): OffsetAccountSource {
    return {
      source: 'LEGACY',
      paging: 'offset',
      readPage: async ({ page, size }) => {
        const rows = this.#answer(() =>
          [...this.#now.values()]
            .map(listed)
            .slice((page - 1) * size, (page - 1) * size + Math.min(size, MAX_PAGE_SIZE)),
        )
        return { rows }
      },
      readOne: async (sourceId) => this.#answer(() => [this.#now.get(sourceId) as Identity])[0] ?? null,
    }
  }

  #answer(read: () => readonly Identity[]): readonly Identity[] {
    const { meanwhile } = this
    this.meanwhile = () => {}
    this.time += 1
    const rows = read()
    this.time += 1
    meanwhile()
    this.time += 1
    const asOf = new Date(BASE + this.time)
    return rows.map((row) => Object.assign({}, row, { asOf }))
  }
}
