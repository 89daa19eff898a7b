/** Who waits for a sweep that began late enough, all for the same one. */
export class FreshnessWaiters {
  readonly #waiters = new Set<Waiter>()

  get size(): number {
    return this.#waiters.size
  }

  /** @param notBefore monotonic milliseconds. */
  async join(notBefore: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = { notBefore, resolve, reject }
    const leave = (): void => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    this.#waiters.add(waiter)
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
      this.#waiters.delete(waiter)
    }
  }

  /** A whole sweep has ended that began then. */
  resolve(beganAt: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.notBefore > beganAt) continue
      this.#waiters.delete(waiter)
      waiter.resolve()
    }
  }

  /** There is no such sweep to be had now. */
  reject(error: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(error)
    this.#waiters.clear()
  }
}

interface Waiter {
  readonly notBefore: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}
