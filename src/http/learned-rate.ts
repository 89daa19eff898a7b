/** What is kept of the rate at which calls were taken when one was refused. */
const CUT = 0.9
const CUT_EVERY_MS = 500
const LOWEST_PER_SECOND = 2
/** A rate this high caps nothing any more. */
const UNCAPPED_PER_SECOND = 1_000
/** Calls that may follow each other at once: what comes in a tenth of a second, but at least one and at most these. */
const BURST = 5
const BURST_SECONDS = 0.1
/** Up to this share of the rate that was refused we grow fast, by a quarter of it in a second, then with care. */
const KNOWN_GROUND = 0.95
const FAST_GROWTH = 0.25
const CAREFUL_GROWTH = 0.02
const CAREFUL_GROWTH_MOST = 0.3
/** The rate is measured over the last second; the first calls over a shorter time, but not over next to none. */
const MEASURED_MS = 1_000
const LEAST_MEASURED_MS = 200
/** Refusals over such a time with nothing taken in between are no limit but a ban, which calls may well prolong. */
const BAN_AFTER = 3
const BAN_AFTER_MS = 1_000
const BAN_CUT = 0.75
const FIRST_BAN_WAIT_MS = 1_000
/** Below 2, so that we are back by half of a ban's length after its end; it cannot be found out sooner than by a call. */
const BAN_WAIT_GROWTH = 1.5
const LONGEST_BAN_WAIT_MS = 60_000

/**
 * How many calls an upstream takes, learned from what it refuses: neither vendor publishes a limit. There is no cap until
 * the first refusal. Instants are monotonic milliseconds.
 */
export class LearnedRate {
  #perSecond: number | null = null
  #refusedAt = 0
  #tokens = BURST
  #countedAt = 0
  #cutAt = Number.NEGATIVE_INFINITY
  /** The last cut or wait; a call that began before knows nothing of it. */
  #changedAt = Number.NEGATIVE_INFINITY
  #heldUntil = Number.NEGATIVE_INFINITY
  #refusedInARow = 0
  #refusedSince = 0
  #banned = false
  #banWaitMs = FIRST_BAN_WAIT_MS
  readonly #taken: number[] = []

  get perSecond(): number | null {
    return this.#perSecond
  }

  /** The upstream takes nothing at present: one call at a time finds out whether that is over. */
  get banned(): boolean {
    return this.#banned
  }

  isCapped(now: number): boolean {
    return this.#perSecond !== null || this.#heldUntil > now
  }

  /** Until a call may start with so many before it, in milliseconds. */
  wait(now: number, ahead = 0): number {
    this.#grow(now)
    const held = Math.max(this.#heldUntil - now, 0)
    if (this.banned) return ahead === 0 ? held : Number.POSITIVE_INFINITY
    if (this.#perSecond === null) return held
    return Math.max(held, ((ahead + 1 - this.#tokens) / this.#perSecond) * 1000, 0)
  }

  /** A call starts. */
  spend(now: number): void {
    this.#grow(now)
    this.#tokens = Math.max(this.#tokens - 1, 0)
  }

  /** A call got an answer other than a refusal. */
  taken(now: number): void {
    this.#taken.push(now)
    this.#forget(now)
    this.#refusedInARow = 0
    this.#banned = false
    this.#banWaitMs = FIRST_BAN_WAIT_MS
  }

  /** @param retryAfterMs what the upstream asked for, if it did. */
  refused(startedAt: number, now: number, retryAfterMs?: number): void {
    if (retryAfterMs !== undefined) this.hold(now + retryAfterMs)
    if (startedAt < this.#changedAt) return
    this.#cut(now)
    if (this.#refusedInARow++ === 0) this.#refusedSince = now
    if (this.#refusedInARow < BAN_AFTER || now - this.#refusedSince < BAN_AFTER_MS) return
    if (!this.#banned && this.#perSecond !== null) this.#lower(this.#perSecond * BAN_CUT)
    this.#banned = true
    this.hold(now + this.#banWaitMs)
    this.#banWaitMs = Math.min(this.#banWaitMs * BAN_WAIT_GROWTH, LONGEST_BAN_WAIT_MS)
    this.#changedAt = now
  }

  /** Nothing starts before then. */
  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until)
    // What was saved up before is not for the moment in which everybody comes back.
    this.#tokens = Math.min(this.#tokens, 1)
  }

  #cut(now: number): void {
    this.#forget(now)
    const [oldest] = this.#taken
    // During a ban nothing is measured, and the rate from before it is still the best guess.
    if (now - this.#cutAt < CUT_EVERY_MS || oldest === undefined) return
    this.#grow(now)
    const measured = (this.#taken.length * 1000) / Math.max(now - oldest, LEAST_MEASURED_MS)
    this.#lower(Math.min(this.#perSecond ?? Number.POSITIVE_INFINITY, measured))
    this.#cutAt = now
    this.#changedAt = now
  }

  #lower(refusedPerSecond: number): void {
    this.#refusedAt = Math.max(refusedPerSecond, LOWEST_PER_SECOND)
    this.#perSecond = this.#refusedAt * CUT
    this.#tokens = Math.min(this.#tokens, 1)
  }

  #grow(now: number): void {
    // While nothing is sent nothing is learned.
    const seconds = Math.max(now - Math.max(this.#countedAt, this.#heldUntil), 0) / 1000
    this.#countedAt = Math.max(now, this.#countedAt)
    if (this.#perSecond === null) return
    this.#tokens = Math.min(this.#tokens + seconds * this.#perSecond, burstAt(this.#perSecond))
    const known = this.#refusedAt * KNOWN_GROUND
    const sinceCut = (now - this.#changedAt) / 1000
    const careful = Math.min(CAREFUL_GROWTH * (1 + sinceCut), CAREFUL_GROWTH_MOST)
    this.#perSecond =
      this.#perSecond < known
        ? Math.min(this.#perSecond + seconds * this.#refusedAt * FAST_GROWTH, known)
        : this.#perSecond * (1 + seconds * careful)
    if (this.#perSecond > UNCAPPED_PER_SECOND) this.#perSecond = null
  }

  #forget(now: number): void {
    const first = this.#taken.findIndex((at) => at > now - MEASURED_MS)
    this.#taken.splice(0, first === -1 ? this.#taken.length : first)
  }
}

function burstAt(perSecond: number): number {
  return Math.min(Math.max(perSecond * BURST_SECONDS, 1), BURST)
}
