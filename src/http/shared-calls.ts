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
  readonly onExtended: ((deadline: number) => void) | undefined
  hasLanded: boolean
}

export interface JoinOptions {
  /** A call that began before this instant is not joined, in monotonic milliseconds. */
  readonly notBefore?: number | undefined
  /** Until when this caller waits, in monotonic milliseconds. */
  readonly deadline?: number | undefined
  /** If the call is begun for this caller: told when somebody joins who waits longer than all before, and until when. */
  readonly onExtended?: ((deadline: number) => void) | undefined
}

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
    start: (signal: AbortSignal) => Promise<Result>,
    { notBefore = Number.NEGATIVE_INFINITY, deadline = Number.POSITIVE_INFINITY, onExtended }: JoinOptions = {},
  ): Promise<Result> {
    signal.throwIfAborted()
    const underWay = this.#flights.get(key)
    const isJoined = underWay !== undefined && underWay.startedAt >= notBefore
    const flight = isJoined ? underWay : this.#takeOff(key, start, deadline, onExtended)
    flight.passengers++
    if (deadline > flight.deadline) {
      flight.deadline = deadline
      flight.onExtended?.(deadline)
    }
    try {
      return await unlessAborted(flight.result, signal)
    } finally {
      flight.passengers--
      if (flight.passengers === 0 && !flight.hasLanded) {
        // Nobody may join a call that is being broken off.
        this.#land(key, flight)
        flight.controller.abort(NOBODY_WAITS)
      }
    }
  }

  #takeOff(
    key: string,
    start: (signal: AbortSignal) => Promise<Result>,
    deadline: number,
    onExtended: JoinOptions['onExtended'],
  ): Flight<Result> {
    const controller = new AbortController()
    const result = start(controller.signal)
    const startedAt = performance.now()
    const flight = { result, controller, startedAt, passengers: 0, deadline, onExtended, hasLanded: false }
    // Before any passenger hears of it.
    const land = (): void => this.#land(key, flight)
    result.then(land, land)
    this.#flights.set(key, flight)
    return flight
  }

  #land(key: string, flight: Flight<Result>): void {
    flight.hasLanded = true
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}

/** The promise's outcome or, as soon as the signal fires, a rejection with its reason. */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: first, resolve, reject } = Promise.withResolvers<Value>()
  const leave = (): void => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  promise.then(resolve, reject)
  try {
    return await first
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
