import { upstreamError } from '../../src/errors.ts'
import type { AccountSource, CursorPage, Page, ReadScope } from '../../src/identity/account-source.ts'
import type { Identity } from '../../src/identity/identity.ts'

/** A change of the list between two calls; `at` and `to` are shares of the list's length. */
export interface ListChange {
  readonly kind: 'insert' | 'delete' | 'update' | 'move'
  readonly at: number
  readonly to: number
}

export type ListFault = 'error' | 'lose' | 'repeat' | 'duplicate' | 'shuffle' | 'clamp'

/** What happens around one call. */
export interface CallPlan {
  readonly changes: readonly ListChange[]
  readonly fault?: ListFault | undefined
  /** Which row a fault hits, as a share of the page. */
  readonly at: number
  /** For how many turns of the event loop's microtasks the call is under way before it is answered. */
  readonly delay: number
}

export type UnknownCursor = 'refuse' | 'empty' | 'first page'

interface Row {
  readonly id: string
  readonly version: number
  /** Logical time. */
  readonly bornAt: number
}

/** An upstream whose list changes and whose answers go wrong, call by call, as a plan says; then it is quiet and right. */
export class RestlessSource {
  calls = 0
  readonly #plan: readonly CallPlan[]
  readonly #tick: () => number
  readonly #beforeCall: (call: number, signal: AbortSignal) => Promise<void>
  #rows: Row[]
  #born: number
  #begun = 0
  #last: readonly Row[] = []

  constructor(
    size: number,
    plan: readonly CallPlan[],
    tick: () => number,
    beforeCall: (call: number, signal: AbortSignal) => Promise<void>,
  ) {
    this.#rows = Array.from({ length: size }, (_, index) => ({ id: `u${index}`, version: 0, bornAt: tick() }))
    this.#born = size
    this.#plan = plan
    this.#tick = tick
    this.#beforeCall = beforeCall
  }

  get isQuiet(): boolean {
    return this.calls >= this.#plan.length
  }

  has(id: string): boolean {
    return this.#rows.some((row) => row.id === id)
  }

  /** Id and version of everyone who is there. */
  population(): Map<string, string> {
    return new Map(this.#rows.map((row) => [row.id, String(row.version)]))
  }

  /** Who is there now and was so at this logical time. Nobody who was moved meanwhile: the list had no order then. */
  thereSince(time: number): string[] {
    return this.#rows.filter((row) => row.bornAt <= time).map((row) => row.id)
  }

  offset(): AccountSource {
    return {
      source: 'LEGACY',
      paging: 'offset',
      readPage: async ({ page, size }, scope) =>
        this.#answer(scope, (clamp) => {
          const width = clamp ? Math.ceil(size / 2) : size
          return { rows: this.#rows.slice((page - 1) * size, (page - 1) * size + width) }
        }),
      readOne: async (id, scope) => {
        await this.#begin(scope)
        const row = this.#rows.find((each) => each.id === id)
        this.#change(this.calls++)
        return row ? toIdentity(row) : null
      },
    }
  }

  cursor(onUnknown: UnknownCursor): AccountSource {
    return {
      source: 'SITE_PARTNER',
      paging: 'cursor',
      readPage: async ({ after, size }, scope) =>
        this.#answer(scope, (clamp) => {
          const start = after === null ? 0 : this.#rows.findIndex((row) => row.id === after) + 1
          if (after !== null && start === 0 && onUnknown === 'refuse') return null
          if (after !== null && start === 0 && onUnknown === 'empty') return { rows: [], more: false }
          const width = clamp ? Math.ceil(size / 2) : size
          return { rows: this.#rows.slice(start, start + width), more: start + width < this.#rows.length }
        }),
    }
  }

  async #begin({ signal }: ReadScope): Promise<void> {
    signal.throwIfAborted()
    await this.#beforeCall(++this.#begun, signal)
    for (let turn = this.#plan[this.calls]?.delay ?? 0; turn > 0; turn--) await Promise.resolve()
    if (this.#plan[this.calls]?.fault !== 'error') return
    this.#change(this.calls++)
    throw upstreamError('UPSTREAM_UNAVAILABLE', 'LEGACY')
  }

  async #answer<Answer extends { rows: readonly Row[]; more?: boolean } | null>(
    scope: ReadScope,
    look: (clamp: boolean) => Answer,
  ): Promise<Page & CursorPage & Answer> {
    await this.#begin(scope)
    const call = this.calls++
    const { fault, at = 0 } = this.#plan[call] ?? {}
    const seen = look(fault === 'clamp')
    this.#change(call)
    if (!seen) return null as never
    const rows = distort(seen.rows, fault, at, this.#last)
    this.#last = seen.rows
    return { ...seen, rows: rows.map(toIdentity) } as never
  }

  #change(call: number): void {
    for (const change of this.#plan[call]?.changes ?? []) this.apply(change)
  }

  /** Says whom it happened to; undefined: there was nobody. */
  apply({ kind, at, to }: ListChange): string | undefined {
    const index = Math.floor(at * this.#rows.length)
    const row = this.#rows[index]
    const bornAt = this.#tick()
    if (kind === 'insert') {
      const id = `n${this.#born++}`
      this.#rows.splice(index, 0, { id, version: 0, bornAt })
      return id
    }
    if (!row) return undefined
    if (kind === 'update') {
      this.#rows[index] = { ...row, version: row.version + 1 }
      return row.id
    }
    this.#rows.splice(index, 1)
    if (kind === 'move') this.#rows.splice(Math.floor(to * this.#rows.length), 0, { ...row, bornAt })
    return row.id
  }
}

function distort(rows: readonly Row[], fault: ListFault | undefined, at: number, last: readonly Row[]): readonly Row[] {
  const index = Math.floor(at * rows.length)
  switch (fault) {
    case 'lose':
      return rows.toSpliced(index, 1)
    case 'repeat':
      return last
    case 'duplicate':
      return rows.length > 1 ? rows.toSpliced(index, 1, rows[0] as Row) : rows
    case 'shuffle':
      return [...rows.slice(index), ...rows.slice(0, index)].toReversed()
    default:
      return rows
  }
}

function toIdentity({ id, version }: Row): Identity {
  return { sourceId: id, firstName: String(version) } as Identity
}
