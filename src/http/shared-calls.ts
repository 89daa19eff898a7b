/** Made once: an abort without a reason makes an error with a stack each time, and this is at the end of every call. */
const NOBODY_WAITS = new Error('Nobody waits for this call any more')

interface Flight<Result> {
  readonly result: Promise<Result>
  readonly controller: AbortController
  /** Monotonic milliseconds. */
  readonly startedAt: number
  passengers: number
  /** Until when the most patient of them waits, in monotonic milliseconds. */
  deadline: number
}

export interface JoinOptions {
  /** A call that began before this instant is not joined, in monotonic milliseconds. */
  readonly notBefore?: number | undefined
  /** Until when this caller waits, in monotonic milliseconds. */
  readonly deadline?: number | undefined
}

/** Makes a shared call. @param deadline when the last of those who wait for it by now will have gone. */
export type StartCall<Result> = (signal: AbortSignal, deadline: () => number) => Promise<Result>

/**
 * Calls for the same thing that are under way at the same time are one call. It has a signal of its own: a caller whose
 * signal fires only stops waiting, and the last one to leave breaks the call off.
 */
export class SharedCalls<Result> {
  readonly #flights = new Map<string, Flight<Result>>()

  /**
   * @param start makes the call, if none is under way for this key; rejections reach every caller.
   */
  async join(
    key: string,
    signal: AbortSignal,
    start: StartCall<Result>,
    { notBefore = Number.NEGATIVE_INFINITY, deadline = Number.POSITIVE_INFINITY }: JoinOptions = {},
  ): Promise<Result> {
    signal.throwIfAborted()
    const underWay = this.#flights.get(key)
    const flight = underWay && underWay.startedAt >= notBefore ? underWay : this.#takeOff(key, start, deadline)
    flight.passengers++
    flight.deadline = Math.max(flight.deadline, deadline)
    try {
      return await unlessAborted(flight.result, signal)
    } finally {
      flight.passengers--
      if (flight.passengers === 0) {
        // Nobody may join a call that is being broken off. One that has ended takes no notice.
        this.#land(key, flight)
        flight.controller.abort(NOBODY_WAITS)
      }
    }
  }

  #takeOff(key: string, start: StartCall<Result>, deadline: number): Flight<Result> {
    const controller = new AbortController()
    let longest = (): number => deadline
    const flight: Flight<Result> = {
      result: start(controller.signal, () => longest()),
      controller,
      startedAt: performance.now(),
      passengers: 0,
      deadline,
    }
    longest = () => flight.deadline
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
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
