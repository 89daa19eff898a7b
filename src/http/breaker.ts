import { PublicError, type ErrorCode, type Upstream } from '../errors.ts'
import type { Clock } from './clock.ts'
import { FailureWindow } from './failure-window.ts'
import { localReason, refuseLocally } from './local-refusal.ts'
import { unlessAborted } from './shared-calls.ts'
import type { HttpPolicy, HttpRequest, HttpResponse } from './transport.ts'

const LONGEST_OPEN_MS = 60_000
/** So that replicas do not come back together. */
const SPREAD = 0.2

const FAILURES: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
])

export interface BreakerOptions {
  readonly upstream: Upstream
  readonly clock: Clock
  /** From 0 to below 1. */
  readonly random: () => number
  /** How long to leave the upstream alone at first; twice as long after each probe that fails. */
  readonly openMs: number
  /** A call that every healthy upstream answers. It has an end of its own. */
  readonly probe: () => Promise<HttpResponse>
  readonly onChange: () => void
}

/**
 * Leaves an upstream alone that fails: requests are refused at once instead of each waiting for it. When the time is over,
 * the next request sends a probe and waits for it; nothing is called unasked, and no timer runs. Who comes meanwhile is
 * refused as before.
 *
 * Of an upstream that failed a few times in a row, and was called too seldom to be judged by shares, nothing is sure yet:
 * the next request probes at once, and all who come meanwhile wait for what it finds. So one endpoint that always fails
 * does not shut off the rest, and a dead upstream with little traffic does not cost each request its timeout.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #window = new FailureWindow()
  #state: 'closed' | 'open' | 'probing' = 'closed'
  #openMs: number
  #openUntil = 0
  /** What to wait for in place of being refused. */
  #verdict: Promise<boolean> | undefined
  #isSuspect = false

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#openMs = options.openMs
  }

  get state(): 'closed' | 'open' | 'probing' {
    return this.#state
  }

  readonly policy: HttpPolicy = (next) => async (request) => {
    if (this.#state !== 'closed') await this.#enter(request)
    try {
      const response = await next(request)
      this.#record(judgeResponse(response))
      return response
    } catch (error) {
      this.#record(judgeError(error))
      throw error
    }
  }

  async #enter({ signal }: HttpRequest): Promise<void> {
    const { upstream, clock } = this.#options
    if (this.#state === 'open' && clock.now() >= this.#openUntil) {
      const probe = this.#probe()
      if (this.#isSuspect) this.#verdict = probe
      if (await unlessAborted(probe, signal)) return
    } else if (this.#verdict && (await unlessAborted(this.#verdict, signal))) return
    throw refuseLocally(upstream, 'breaker')
  }

  /** Whether the upstream is well again. Goes on when the request that began it leaves. */
  async #probe(): Promise<boolean> {
    this.#change('probing')
    const verdict = await this.#options.probe().then(judgeResponse, judgeError)
    this.#verdict = undefined
    // Of a suspect this was the first proof.
    if (verdict === 'failed' && !this.#isSuspect) this.#openMs = Math.min(this.#openMs * 2, LONGEST_OPEN_MS)
    this.#isSuspect = false
    if (verdict === 'failed') this.#open()
    else this.#close()
    return verdict !== 'failed'
  }

  #record(verdict: Verdict): void {
    // What began before it opened tells nothing new.
    if (this.#state !== 'closed') return
    const now = this.#options.clock.now()
    if (verdict === 'succeeded') this.#window.succeeded(now)
    if (verdict === 'answered') this.#window.answered()
    if (verdict !== 'failed') return
    this.#window.failed(now)
    const health = this.#window.health(now)
    if (health === 'sick') this.#open()
    if (health !== 'suspect') return
    this.#isSuspect = true
    this.#open(0)
  }

  #open(forMs = this.#spread(this.#openMs)): void {
    this.#openUntil = this.#options.clock.now() + forMs
    this.#change('open')
  }

  #close(): void {
    this.#window = new FailureWindow()
    this.#openMs = this.#options.openMs
    this.#change('closed')
  }

  #change(state: 'closed' | 'open' | 'probing'): void {
    this.#state = state
    this.#options.onChange()
  }

  #spread(ms: number): number {
    return ms * (1 - SPREAD + 2 * SPREAD * this.#options.random())
  }
}

/** `answered`: by refusing, which a healthy upstream does; `silent`: it says nothing of the upstream's health. */
type Verdict = 'succeeded' | 'answered' | 'failed' | 'silent'

function judgeResponse({ status }: HttpResponse): Verdict {
  if (status >= 500 || status === 408) return 'failed'
  if (status === 429) return 'silent'
  return status >= 400 ? 'answered' : 'succeeded'
}

function judgeError(error: unknown): Verdict {
  // Of ours, or of a client that left.
  if (!(error instanceof PublicError) || localReason(error) !== undefined) return 'silent'
  return FAILURES.has(error.code) ? 'failed' : 'silent'
}
