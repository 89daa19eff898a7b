interface Flight<Result> {
  readonly result: Promise<Result>
  readonly controller: AbortController
  /** Monotonic milliseconds. */
  readonly startedAt: number
  passengers: number
}

/**
 * Calls for the same thing that are under way at the same time are one call. It has a signal of its own: a caller whose
 * signal fires only stops waiting, and the last one to leave breaks the call off.
 */
export class SharedCalls<Result> {
  readonly #flights = new Map<string, Flight<Result>>()

  /**
   * @param start makes the call, if none is under way for this key; rejections reach every caller.
   * @param notBefore a call that began before this instant is not joined, in monotonic milliseconds.
   */
  async join(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<Result>,
    notBefore = Number.NEGATIVE_INFINITY,
  ): Promise<Result> {
    signal.throwIfAborted()
    const underWay = this.#flights.get(key)
    const flight = underWay && underWay.startedAt >= notBefore ? underWay : this.#takeOff(key, start)
    flight.passengers++
    try {
      return await unlessAborted(flight.result, signal)
    } finally {
      flight.passengers--
      if (flight.passengers === 0) {
        // Nobody may join a call that is being broken off. One that has ended takes no notice.
        this.#land(key, flight)
        flight.controller.abort()
      }
    }
  }

  #takeOff(key: string, start: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const controller = new AbortController()
    const flight: Flight<Result> = {
      result: start(controller.signal),
      controller,
      startedAt: performance.now(),
      passengers: 0,
    }
    const land = (): void => this.#land(key, flight)
    flight.result.then(land, land)
    this.#flights.set(key, flight)
    return flight
  }

  #land(key: string, flight: Flight<Result>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}

/** The promise's outcome or, as soon as the signal fires, a rejection with its reason. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
