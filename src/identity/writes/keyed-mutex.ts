/** One at a time for each key, in the order in which they came. */
export class KeyedMutex {
  /** For each key, what the last to come is waiting for or doing. It never rejects. */
  readonly #tails = new Map<string, Promise<void>>()

  /** @throws the signal's reason if it fires while others are still before this one; `task` is not begun then. */
  async run<Result>(key: string, signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted()
    const before = this.#tails.get(key)
    const { promise: done, resolve: finish } = Promise.withResolvers<void>()
    // Who gives up waiting must not let those behind pass those before.
    const tail = Promise.all([before, done]).then(() => undefined)
    this.#tails.set(key, tail)
    void tail.then(() => this.#tails.get(key) === tail && this.#tails.delete(key))
    try {
      if (before) await turn(before, signal)
      return await task()
    } finally {
      finish()
    }
  }

  /** How many keys are held or waited for. */
  get size(): number {
    return this.#tails.size
  }
}

async function turn(before: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    await Promise.race([before, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
