import type { AccountSource, ReadScope } from './account-source.ts'
import { Sweep } from './sweep.ts'

/** How long an interrupted sweep waits for somebody to go on with it, in milliseconds. */
const MAX_IDLE_MS = 60_000
/** How old the first of its pages may become, in milliseconds: a list of many thousand accounts takes many requests. */
const MAX_AGE_MS = 600_000

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
    const current = this.#current
    if (current && this.#isOpen(current) && current.startedAt >= notBefore) return current
    // Without the timer, a large list that was left in its midst would be kept until somebody needs it again.
    const timer = setInterval(() => this.#isOpen(sweep) || forget(), MAX_IDLE_MS).unref()
    const forget = (): void => {
      clearInterval(timer)
      if (this.#current === sweep) this.#current = undefined
    }
    const sweep = new Sweep(this.#source, this.#monotonicNow, forget)
    this.#current = sweep
    return sweep
  }

  #isOpen(sweep: Sweep): boolean {
    const now = this.#monotonicNow()
    return sweep.joinable && now - sweep.readAt <= MAX_IDLE_MS && now - sweep.startedAt <= MAX_AGE_MS
  }
}
