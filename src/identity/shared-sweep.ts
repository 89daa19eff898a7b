import type { AccountSource, ReadScope } from './account-source.ts'
import { Sweep } from './sweep.ts'

/** How long after its start a sweep that was interrupted may be gone on with, in milliseconds. */
const MAX_AGE_MS = 60_000

/**
 * The sweep of one source that is under way, for all requests to join. One whose reader's time was up goes on with the next
 * request that wants the whole list. One that is through is over: who asks later gets what is true then.
 */
export class SharedSweep {
  readonly #source: AccountSource
  readonly #monotonicNow: () => number
  #current: Sweep | undefined

  constructor(source: AccountSource, monotonicNow: () => number) {
    this.#source = source
    this.#monotonicNow = monotonicNow
  }

  join({ notBefore }: ReadScope): Sweep {
    const now = this.#monotonicNow()
    const current = this.#current
    if (current?.joinable && current.startedAt >= Math.max(notBefore, now - MAX_AGE_MS)) return current
    // Without the timer, a large list that was left in its midst would be kept until somebody needs it again.
    const timer = setTimeout(() => forget(), MAX_AGE_MS).unref()
    const forget = (): void => {
      clearTimeout(timer)
      if (this.#current === sweep) this.#current = undefined
    }
    const sweep = new Sweep(this.#source, now, forget)
    this.#current = sweep
    return sweep
  }
}
