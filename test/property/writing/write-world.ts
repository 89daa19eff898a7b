import { deadlineExceeded, PublicError } from '../../../src/errors.ts'
import type { AccountSource } from '../../../src/identity/account-source.ts'
import { learnFrom, ListKnowledge } from '../../../src/identity/list-knowledge.ts'
import { SharedSweep } from '../../../src/identity/shared-sweep.ts'
import type { SharedSource } from '../../../src/identity/source-session.ts'
import { createAccountFinder } from '../../../src/identity/writes/account-finder.ts'
import type { AuditRecord } from '../../../src/identity/writes/audit-record.ts'
import { createWrites, type IdentityWrites, type Writes } from '../../../src/identity/writes/identity-writes.ts'
import { KeyedMutex } from '../../../src/identity/writes/keyed-mutex.ts'
import type { MutationPayload } from '../../../src/identity/writes/payload.ts'
import { createMemoryLedger, type ProvisionLedger } from '../../../src/identity/writes/provision-ledger.ts'
import type { Writable, WriteTools } from '../../../src/identity/writes/write-tools.ts'
import type { WriteScope } from '../../../src/identity/writes/write-scope.ts'
import { createLegacySource, createLegacyWriter } from '../../../src/sources/legacy/source.ts'
import { createSitePartnerSource, createSitePartnerWriter } from '../../../src/sources/site-partner/source.ts'
import { VirtualClock } from '../../unit/http/virtual-clock.ts'
import { legacyClient, sitePartnerClient, type Dialect } from './model-clients.ts'
import { EPOCH, ModelUpstream, type CallPlan, type Foreign } from './model-upstream.ts'

export type Source = 'LEGACY' | 'SITE_PARTNER'
export const PASSWORD = 'canary-of-a-password'
const DEADLINE_MS = 10_000

export interface Schedule {
  readonly source: Source
  readonly dialect: Dialect
  readonly calls: readonly CallPlan[]
  /** When the process dies and another one begins, in milliseconds; with or without what the ledger had. */
  readonly restart?: { readonly at: number; readonly keepsLedger: boolean } | undefined
  readonly requests: readonly Request[]
}

export interface Request {
  readonly at: number
  readonly name: keyof IdentityWrites
  readonly input: Readonly<Record<string, unknown>>
  /** How long the client waits, in milliseconds. */
  readonly patience?: number | undefined
  /** After an outcome that is not known, with the same key or without one: after so many milliseconds each. */
  readonly retries?: readonly { readonly after: number; readonly sameKey: boolean }[] | undefined
}

/** One call of a mutation and what was said to it. `payload` and `error` undefined: the process died. */
export interface Attempt {
  readonly number: number
  readonly name: keyof IdentityWrites
  readonly input: Readonly<Record<string, unknown>>
  readonly epoch: number
  readonly startedAt: number
  /** How many changes there had been. */
  readonly from: number
  to: number
  /** How many calls had been made when it ended. */
  callsTo: number
  endedAt: number
  payload?: MutationPayload
  error?: unknown
}

/** Our write domain over a model of an upstream, in virtual time. */
export class WriteWorld {
  readonly clock = new VirtualClock()
  readonly upstream: ModelUpstream
  readonly attempts: Attempt[] = []
  readonly audit: AuditRecord[] = []
  readonly unexpected: unknown[] = []
  readonly #schedule: Schedule
  readonly #mutations = new Map<AbortSignal, number>()
  #ledger: ProvisionLedger
  #writes: Writes
  #ticks = 0

  constructor(schedule: Schedule, foreign: (upstream: ModelUpstream, event: Foreign, serial: number) => void) {
    this.#schedule = schedule
    const mutationOf = (signal: AbortSignal): number => this.#mutations.get(signal) ?? -1
    this.upstream = new ModelUpstream(schedule.source, this.clock, schedule.calls, mutationOf, foreign)
    this.#ledger = this.#newLedger()
    this.#writes = this.#startProcess()
  }

  /** Lets all of it happen, and what is late arrive. */
  async run(): Promise<void> {
    const { requests, restart } = this.#schedule
    for (const request of requests) this.clock.after(request.at, () => void this.#client(request))
    if (restart) this.clock.after(restart.at, () => this.#restart(restart.keepsLedger))
    await this.clock.advance(120_000)
  }

  async #client({ name, input, patience, retries = [] }: Request): Promise<void> {
    let given = input
    for (const retry of [undefined, ...retries]) {
      if (retry) await this.clock.pass(retry.after)
      const attempt = this.#attempt(name, given, patience)
      const over = await Promise.race([attempt.ended, this.#died(attempt.attempt.epoch)])
      const { payload } = attempt.attempt
      if (over === 'ended' && payload?.outcome !== 'UNKNOWN') return
      const key = retries[0]?.sameKey ? (payload?.idempotencyKey ?? input['idempotencyKey']) : undefined
      given = { ...input, idempotencyKey: key }
    }
  }

  #attempt(name: keyof IdentityWrites, input: Request['input'], patience: number | undefined) {
    const { epoch, changes } = this.upstream
    const number = this.attempts.length
    const now = this.clock.now()
    const from = changes.length
    const attempt: Attempt = { number, name, input, epoch, startedAt: now, from, to: from, callsTo: 0, endedAt: now }
    this.attempts.push(attempt)
    const beginWrite = (): WriteScope => this.#scope(number, patience)
    const request = { requestId: String(number), caller: 'test', beginWrite, onEnded: () => undefined }
    const mutate = this.#writes.openWrites(request)[name] as (given: object) => Promise<MutationPayload>
    const ended = mutate(input)
      .then(
        (payload) => void (attempt.payload = payload),
        (error: unknown) => void (attempt.error = error),
      )
      .then(() => {
        attempt.to = changes.length
        attempt.callsTo = this.upstream.calls.length
        attempt.endedAt = this.clock.now()
        return 'ended' as const
      })
    return { attempt, ended }
  }

  #scope(number: number, patience: number | undefined): WriteScope {
    const controller = new AbortController()
    this.#mutations.set(controller.signal, number)
    const over = this.clock.after(DEADLINE_MS, () => controller.abort(deadlineExceeded()))
    const leave = (): void => controller.abort(new PublicError('DEADLINE_EXCEEDED', 'The request is over.'))
    const commit = patience === undefined ? () => undefined : this.clock.after(patience, leave)
    const end = (): void => {
      over()
      commit()
    }
    return { signal: controller.signal, commit, end }
  }

  async #died(epoch: number): Promise<'died'> {
    return new Promise((resolve) => {
      if (this.#schedule.restart && epoch === 0)
        this.clock.after(this.#schedule.restart.at - this.clock.now() + 1, () => resolve('died'))
    })
  }

  #restart(keepsLedger: boolean): void {
    this.upstream.epoch++
    if (!keepsLedger) this.#ledger = this.#newLedger()
    this.#writes = this.#startProcess()
  }

  #newLedger(): ProvisionLedger {
    return createMemoryLedger(() => new Date(EPOCH + this.clock.now()))
  }

  #startProcess(): Writes {
    const { source, dialect } = this.#schedule
    const { upstream, clock } = this
    const now = (): Date => new Date(EPOCH + clock.now())
    // No two looks at a clock are the same instant.
    const monotonicNow = (): number => clock.now() + ++this.#ticks / 1e6
    const epoch = upstream.epoch
    const target = <Writer>(of: Source, account: AccountSource, writer: Writer): Writable<Writer> | undefined => {
      if (of !== source) return undefined
      const knowledge = new ListKnowledge(1_000)
      const learning = learnFrom(account, knowledge)
      const sweep = new SharedSweep(learning, monotonicNow)
      shared = { source: learning, knowledge, sweep, writtenAt: Number.NEGATIVE_INFINITY }
      return { writer, finder: createAccountFinder(shared, monotonicNow) }
    }
    let shared: SharedSource | undefined
    const legacy = legacyClient(upstream, dialect)
    const partner = sitePartnerClient(upstream, dialect)
    const tools: WriteTools = {
      sources: {
        LEGACY: target('LEGACY', createLegacySource(legacy, now), createLegacyWriter(legacy, now)),
        SITE_PARTNER: target(
          'SITE_PARTNER',
          createSitePartnerSource(partner, now),
          createSitePartnerWriter(partner, now),
        ),
      },
      switches: { legacy: true, sitePartner: true, legacyDelete: true },
      locks: new KeyedMutex(),
      ledger: this.#ledger,
      now,
      monotonicNow,
      pause: (ms, signal) =>
        new Promise((resolve, reject) => {
          clock.after(ms, () => epoch === upstream.epoch && resolve())
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
      createKey: () => `made-${++this.#ticks}`,
      createPassword: () => PASSWORD,
      onWritten: () => void (shared && (shared.writtenAt = monotonicNow())),
      onUnexpected: (error) => void this.unexpected.push(error),
    }
    return createWrites(tools, { append: async (record) => void this.audit.push(record) })
  }
}
