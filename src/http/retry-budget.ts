/** What each request adds: so retries are a tenth of requests, whatever happens. */
const PER_REQUEST = 0.1
/** For upstreams that are called seldom. */
const PER_SECOND = 1
const MOST = 10

/** How many retries an upstream may still be burdened with. All requests to it share them. */
export class RetryBudget {
  readonly #monotonicNow: () => number
  #left = MOST
  #countedAt: number

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
    this.#countedAt = monotonicNow()
  }

  /** A request begins; its retries are no requests of their own. */
  deposit(): void {
    this.#add(PER_REQUEST)
  }

  /** Takes one retry, if one is left. */
  withdraw(): boolean {
    this.#add(0)
    if (this.#left < 1) return false
    this.#left--
    return true
  }

  #add(amount: number): void {
    const now = this.#monotonicNow()
    const grown = ((now - this.#countedAt) / 1000) * PER_SECOND
    this.#countedAt = now
    this.#left = Math.min(this.#left + grown + amount, MOST)
  }
}
