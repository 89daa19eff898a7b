import { deadlineExceeded, type Upstream } from '../errors.ts'
import type { Clock } from './clock.ts'
import { leftUnsent } from './deadline.ts'
import { LearnedRate } from './learned-rate.ts'
import { refuseLocally } from './local-refusal.ts'
import { readRetryAfter } from './retry-after.ts'
import { effectOf, type HttpPolicy, type HttpRequest, type HttpResponse } from './transport.ts'

/** Longer than this nobody waits for the upstream's limit: a refusal at once is worth more than an answer too late. */
const LONGEST_WAIT_MS = 600
/** What nobody waits for may wait longer. */
const LONGEST_BACKGROUND_WAIT_MS = 10_000
/** An attempt that begins later than this before the deadline cannot end in time. */
const LEAST_ATTEMPT_MS = 150

export interface PacerOptions {
  readonly upstream: Upstream
  /** Reads at a time. Writes go one at a time beside them. */
  readonly concurrency: number
  readonly clock: Clock
  /** The wall clock, since upstreams speak of dates. */
  readonly now: () => Date
}

/** In the order in which they are served. */
const LANES = ['write', 'read', 'background'] as const
type Lane = (typeof LANES)[number]

interface Call {
  readonly startedAt: number
  /** It finds out whether a ban is over. */
  readonly isScout: boolean
}

interface Waiter {
  readonly lane: Lane
  /** When to give up, if the upstream's limit is what it waits for. */
  readonly latest: number
  readonly start: () => void
  readonly refuse: () => void
}

/**
 * Who may call an upstream now: writes before reads before what nobody waits for, so many at a time, and no more in a
 * second than it takes. Who could not be served in time is refused at once. The waiting is here and not in undici's pool,
 * which notices only late that a waiting request was broken off.
 */
export class Pacer {
  readonly #options: PacerOptions
  readonly #rate = new LearnedRate()
  readonly #waiting: Record<Lane, Set<Waiter>> = { write: new Set(), read: new Set(), background: new Set() }
  readonly #running: Record<Lane, number> = { write: 0, read: 0, background: 0 }
  #scouts = 0
  #cancelTimer: (() => void) | undefined

  constructor(options: PacerOptions) {
    this.#options = options
  }

  get ratePerSecond(): number | null {
    return this.#rate.perSecond
  }

  get queued(): number {
    const { write, read, background } = this.#waiting
    return write.size + read.size + background.size
  }

  get running(): number {
    return LANES.reduce((sum, lane) => sum + this.#running[lane], 0)
  }

  readonly policy: HttpPolicy = (next) => async (request) => {
    const lane = laneOf(request)
    const { startedAt, isScout } = await this.#admit(lane, request)
    try {
      const response = await next(request)
      this.#learn(startedAt, response)
      return response
    } finally {
      if (isScout) this.#scouts--
      this.#running[lane]--
      this.#advance()
    }
  }

  /** Where nobody waits and nothing is to be waited for. */
  #mayStart(lane: Lane, { signal, deadline = Number.POSITIVE_INFINITY }: HttpRequest): boolean {
    if (this.queued > 0 || !this.#hasRoom(lane) || signal.aborted) return false
    const now = this.#options.clock.now()
    return now < deadline && this.#rate.wait(now) <= 0
  }

  #start(lane: Lane): Call {
    const call = { startedAt: this.#options.clock.now(), isScout: this.#rate.banned }
    this.#running[lane]++
    if (call.isScout) this.#scouts++
    this.#rate.spend(call.startedAt)
    return call
  }

  #admit(lane: Lane, request: HttpRequest): Promise<Call> {
    if (this.#mayStart(lane, request)) return Promise.resolve(this.#start(lane))
    const { signal, deadline = Number.POSITIVE_INFINITY } = request
    const { upstream, clock } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Call>()
    const now = clock.now()
    const patience = lane === 'background' ? LONGEST_BACKGROUND_WAIT_MS : LONGEST_WAIT_MS
    const waiter: Waiter = {
      lane,
      latest: Math.min(now + patience, deadline - LEAST_ATTEMPT_MS),
      start: () => {
        leaveQueue()
        resolve(this.#start(lane))
      },
      refuse: () => {
        leaveQueue()
        reject(refuseLocally(upstream, 'pacing'))
      },
    }
    const leaveQueue = (): void => {
      signal.removeEventListener('abort', leave)
      this.#waiting[lane].delete(waiter)
    }
    const leave = (): void => {
      leaveQueue()
      reject(leftUnsent(signal))
    }
    if (signal.aborted) reject(leftUnsent(signal))
    else if (now >= deadline) reject(deadlineExceeded({ delivery: 'NOT_SENT' }))
    else {
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting[lane].add(waiter)
      this.#advance()
      if (this.#waiting[lane].has(waiter) && this.#isTooLong(waiter, this.#countBefore(lane) - 1)) waiter.refuse()
    }
    return promise
  }

  #learn(startedAt: number, { status, headers }: HttpResponse): void {
    const now = this.#options.clock.now()
    const retryAfterMs =
      status === 429 || status === 503 ? readRetryAfter(headers, this.#options.now().getTime()) : undefined
    if (status === 429) this.#rate.refused(startedAt, now, retryAfterMs)
    else if (retryAfterMs !== undefined) this.#rate.hold(now + retryAfterMs)
    else this.#rate.taken(now)
    if (status === 429 || retryAfterMs !== undefined) this.#refuseWhoWaitsTooLong()
  }

  /** Starts all who may start, and looks again when the next one may. */
  #advance(): void {
    this.#cancelTimer?.()
    const { clock } = this.#options
    for (const lane of LANES) {
      for (const waiter of this.#waiting[lane]) {
        if (!this.#hasRoom(lane)) break
        const wait = this.#rate.wait(clock.now())
        if (wait > 0) return this.#lookAgainIn(wait)
        waiter.start()
      }
    }
    if (this.queued > 0 && this.#rate.isCapped(clock.now())) this.#lookAgainIn(LEAST_ATTEMPT_MS)
  }

  #lookAgainIn(ms: number): void {
    // Waiters may have to give up before the next one may start.
    this.#cancelTimer = this.#options.clock.after(Math.min(Math.ceil(ms), LEAST_ATTEMPT_MS), () => {
      this.#refuseWhoWaitsTooLong()
      this.#advance()
    })
  }

  #hasRoom(lane: Lane): boolean {
    const { concurrency } = this.#options
    const { write, read, background } = this.#running
    if (this.#rate.banned && this.#scouts > 0) return false
    if (lane === 'write') return write === 0
    // Half is kept free, so that a read need not wait for slow calls that nobody waits for.
    return read + background < concurrency && (lane === 'read' || background < concurrency / 2)
  }

  #refuseWhoWaitsTooLong(): void {
    let ahead = 0
    for (const lane of LANES) {
      for (const waiter of this.#waiting[lane]) {
        if (this.#isTooLong(waiter, ahead)) waiter.refuse()
        else ahead++
      }
    }
  }

  /** Only the upstream's limit is a reason: who waits for others to be answered waits until the deadline. */
  #isTooLong(waiter: Waiter, ahead: number): boolean {
    const now = this.#options.clock.now()
    return this.#rate.isCapped(now) && now + this.#rate.wait(now, ahead) > waiter.latest
  }

  #countBefore(lane: Lane): number {
    return LANES.slice(0, LANES.indexOf(lane) + 1).reduce((sum, each) => sum + this.#waiting[each].size, 0)
  }
}

function laneOf(request: HttpRequest): Lane {
  if (effectOf(request) !== 'read') return 'write'
  return request.background ? 'background' : 'read'
}
