import type { Clock } from '../../../src/http/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** Time that passes only when it is told to, and then jumps from timer to timer. */
export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  readonly #timers = new Set<Timer>()

  readonly now = (): number => this.#now

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + Math.max(ms, 0), order: this.#order++, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** The promise of a pause, for what upstreams in tests do. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Lets so much time pass; after each timer, all that hangs on promises happens first. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (let timer = this.#next(); timer && timer.at <= end; timer = this.#next()) {
      this.#timers.delete(timer)
      this.#now = timer.at
      timer.run()
      await settled()
    }
    this.#now = end
  }

  #next(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    }
    return first
  }
}

/** All promises that can go on have gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
