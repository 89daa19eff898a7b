const SECONDS = 10
const LEAST_CALLS = 20
const SICK_SHARE = 0.5
/** An upstream that is seldom called never comes to enough calls; so many failures and nothing else will do there. */
const FAILURES_IN_A_ROW = 5

interface Second {
  readonly at: number
  calls: number
  failures: number
}

export type Health = 'well' | 'sick' | 'suspect'

/** How the calls of the last ten seconds ended. Instants are monotonic milliseconds. */
export class FailureWindow {
  #seconds: Second[] = []
  #inARow = 0

  succeeded(now: number): void {
    this.#second(now).calls++
    this.#inARow = 0
  }

  /** It answered, which counts neither for it nor against it. */
  answered(): void {
    this.#inARow = 0
  }

  failed(now: number): void {
    const second = this.#second(now)
    second.calls++
    second.failures++
    this.#inARow++
  }

  /** `suspect`: it failed every time, but was not called often enough to be sure. */
  health(now: number): Health {
    this.#forget(now)
    const calls = this.#seconds.reduce((sum, second) => sum + second.calls, 0)
    const failures = this.#seconds.reduce((sum, second) => sum + second.failures, 0)
    if (calls >= LEAST_CALLS && failures >= calls * SICK_SHARE) return 'sick'
    return this.#inARow >= FAILURES_IN_A_ROW ? 'suspect' : 'well'
  }

  #second(now: number): Second {
    this.#forget(now)
    const last = this.#seconds.at(-1)
    if (last?.at === Math.floor(now / 1000)) return last
    const second = { at: Math.floor(now / 1000), calls: 0, failures: 0 }
    this.#seconds.push(second)
    return second
  }

  #forget(now: number): void {
    const oldest = Math.floor(now / 1000) - SECONDS
    while (this.#seconds[0] && this.#seconds[0].at <= oldest) this.#seconds.shift()
  }
}
