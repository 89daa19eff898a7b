import { deadlineExceeded, upstreamError, type Upstream } from '../../../src/errors.ts'
import type { ReadScope } from '../../../src/identity/account-source.ts'
import type { VirtualClock } from '../../unit/http/virtual-clock.ts'

/** An account as the upstream has it. */
export type Row = Readonly<Record<string, unknown>>

/**
 * - `not sent`: no byte leaves us. `throttled`, `forbidden`, `refused`: the upstream says no.
 * - `lost`: it never arrives. `unanswered`: it is done, and no answer comes. `failed`, `failed after`: 502 without and with effect.
 * - `late`: it is done long after we gave it up.
 * - `lagging`: a list as it was some seconds ago.
 */
export type Fault =
  | 'not sent'
  | 'throttled'
  | 'forbidden'
  | 'refused'
  | 'lost'
  | 'unanswered'
  | 'failed'
  | 'failed after'
  | 'late'
  | 'lagging'

/** What somebody else does. `who`, `what`: shares, of the accounts and of what can be done. */
export interface Foreign {
  readonly who: number
  readonly what: number
}

/** What happens around one call. */
export interface CallPlan {
  readonly fault?: Fault | undefined
  /** On the way there and on the way back, in milliseconds. */
  readonly latency: readonly [number, number]
  readonly before: readonly Foreign[]
  readonly after: readonly Foreign[]
}

/** Who changed something: a mutation of ours by its number, or somebody else. */
export type Actor = number | 'foreign'

export interface Change {
  readonly actor: Actor
  readonly at: number
  readonly id: string
  readonly before: Row | null
  readonly after: Row | null
  /** It came after we had given the call up. */
  readonly isLate: boolean
}

export interface Call {
  readonly mutation: number
  readonly kind: 'read' | 'list' | 'write'
  readonly operation: string
  readonly fault: Fault | undefined
  /** How many changes there had been when it took effect; undefined: it never did. */
  seen: number | undefined
  row: Row | null | undefined
}

const ATTEMPT_MS = 2_000
const LATE_MS = 4_000
const LAG_MS = 3_000
const QUIET: CallPlan = { latency: [5, 5], before: [], after: [] }

/** Rows, what happened to them, and calls that go wrong as a plan says; then it is quiet and right. */
export class ModelUpstream {
  readonly rows = new Map<string, Row>()
  readonly changes: Change[] = []
  readonly calls: Call[] = []
  readonly clock: VirtualClock
  /** Goes up with each restart: who died is never answered. */
  epoch = 0
  readonly #name: Upstream
  readonly #plans: readonly CallPlan[]
  readonly #mutationOf: (signal: AbortSignal) => number
  readonly #foreign: (upstream: ModelUpstream, event: Foreign, serial: number) => void
  #serial = 0

  constructor(
    name: Upstream,
    clock: VirtualClock,
    plans: readonly CallPlan[],
    mutationOf: (signal: AbortSignal) => number,
    foreign: (upstream: ModelUpstream, event: Foreign, serial: number) => void,
  ) {
    this.#name = name
    this.clock = clock
    this.#plans = plans
    this.#mutationOf = mutationOf
    this.#foreign = foreign
  }

  get serial(): number {
    return ++this.#serial
  }

  /** ISO text of the model's time, to the second, as upstreams have it. */
  get time(): string {
    return new Date(EPOCH + Math.floor(this.clock.now() / 1_000) * 1_000).toISOString()
  }

  commit(actor: Actor, id: string, after: Row | null, isLate = false): void {
    const before = this.rows.get(id) ?? null
    if (after) this.rows.set(id, after)
    else this.rows.delete(id)
    this.changes.push({ actor, at: this.clock.now(), id, before, after, isLate })
  }

  act(events: readonly Foreign[]): void {
    for (const event of events) this.#foreign(this, event, this.serial)
  }

  /** The rows as they were when so many changes had happened. */
  rowsAt(seen: number): Map<string, Row> {
    const rows = new Map(this.rows)
    for (const { id, before } of this.changes.slice(seen).toReversed()) {
      if (before) rows.set(id, before)
      else rows.delete(id)
    }
    return rows
  }

  rowAt(id: string, seen: number): Row | null {
    const next = this.changes.slice(seen).find((change) => change.id === id)
    return next ? next.before : (this.rows.get(id) ?? null)
  }

  /** @param work what the call does there, and what it answers. */
  async call<Answer>(
    kind: Call['kind'],
    operation: string,
    { signal }: ReadScope,
    work: (call: Call, isLate: boolean) => Answer,
    refuse?: (reason: 'NOT_GRANTED' | 'REJECTED') => Answer,
  ): Promise<Answer> {
    const plan = this.#plans[this.calls.length] ?? QUIET
    const fault = applies(plan.fault, kind) ? plan.fault : undefined
    const call: Call = { mutation: this.#mutationOf(signal), kind, operation, fault, seen: undefined, row: undefined }
    this.calls.push(call)
    const [there, back] = plan.latency
    const epoch = this.epoch
    const error = (code: 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_THROTTLED' | 'UPSTREAM_TIMEOUT', delivery: Delivery) =>
      upstreamError(code, this.#name, undefined, { delivery })

    return new Promise((resolve, reject) => {
      const later = (ms: number, run: () => void): void =>
        void this.clock.after(ms, () => {
          if (epoch === this.epoch) run()
        })
      if (signal.aborted) return reject(deadlineExceeded({ delivery: 'NOT_SENT' }))
      signal.addEventListener('abort', () => epoch === this.epoch && reject(deadlineExceeded({ delivery: 'UNKNOWN' })))
      const arrive = (isLate: boolean): Answer => {
        this.act(plan.before)
        call.seen = this.changes.length
        const answer = work(call, isLate)
        this.act(plan.after)
        return answer
      }
      switch (fault) {
        case 'not sent':
          return later(1, () => reject(error('UPSTREAM_UNAVAILABLE', 'NOT_SENT')))
        case 'throttled':
          return later(there + back, () => reject(error('UPSTREAM_THROTTLED', 'REFUSED')))
        case 'forbidden':
        case 'refused':
          if (refuse)
            return later(there + back, () => resolve(refuse(fault === 'refused' ? 'REJECTED' : 'NOT_GRANTED')))
          return later(there + back, () => reject(error('UPSTREAM_UNAVAILABLE', 'UNKNOWN')))
        case 'failed':
          return later(there + back, () => reject(error('UPSTREAM_UNAVAILABLE', 'UNKNOWN')))
        case 'failed after':
          this.clock.after(there, () => arrive(false))
          return later(there + back + 1, () => reject(error('UPSTREAM_UNAVAILABLE', 'UNKNOWN')))
        case 'unanswered':
        case 'late':
          this.clock.after(fault === 'late' ? LATE_MS + there * 10 : there, () => arrive(fault === 'late'))
          return later(ATTEMPT_MS, () => reject(error('UPSTREAM_TIMEOUT', 'UNKNOWN')))
        case 'lost':
          return later(ATTEMPT_MS, () => reject(error('UPSTREAM_TIMEOUT', 'UNKNOWN')))
        default:
          // The upstream goes on when its caller has died or left.
          this.clock.after(there, () => {
            const answer = arrive(false)
            later(back, () => resolve(answer))
          })
      }
    })
  }

  /** The rows that a list shows. */
  listed(call: Call): Row[] {
    if (call.fault !== 'lagging') return [...this.rows.values()]
    const since = this.changes.findIndex(({ at }) => at > this.clock.now() - LAG_MS)
    return [...(since < 0 ? this.rows : this.rowsAt(since)).values()]
  }
}

type Delivery = 'NOT_SENT' | 'REFUSED' | 'UNKNOWN'

export const EPOCH = Date.parse('2026-01-02T00:00:00Z')

function applies(fault: Fault | undefined, kind: Call['kind']): boolean {
  if (fault === 'lagging') return kind === 'list'
  return kind === 'write' || fault !== 'late'
}
