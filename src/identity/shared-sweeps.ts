import type { AccountSource } from './account-source.ts'
import { Sweep } from './sweep.ts'

/** How long after its start a reading that was left unfinished may be gone on with, in milliseconds. */
const MAX_AGE_MS = 60_000

/**
 * The reading of all lists that is under way, for all requests to join. One whose time was up goes on with the next
 * request that wants everybody; one that is through is over, so that who asks later gets what is true then.
 */
export class SharedSweeps {
  readonly #sources: readonly AccountSource[]
  readonly #monotonicNow: () => number
  #current: readonly Sweep[] = []
  #startedAt = 0

  constructor(sources: readonly AccountSource[], monotonicNow: () => number) {
    this.#sources = sources
    this.#monotonicNow = monotonicNow
  }

  /** A sweep of each source. @param maxAgeMs how long ago the oldest of their pages may have been read. */
  join(maxAgeMs: number): readonly Sweep[] {
    const now = this.#monotonicNow()
    const isUnderWay = this.#current.some((sweep) => !sweep.complete) && this.#current.every((sweep) => !sweep.lost)
    if (isUnderWay && now - this.#startedAt <= Math.min(maxAgeMs, MAX_AGE_MS)) return this.#current
    this.#startedAt = now
    this.#current = this.#sources.map((source) => new Sweep(source))
    return this.#current
  }
}
