/** Time as policies see it, so that tests can let it run as they need. */
export interface Clock {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Runs something once, so many milliseconds from now. What is returned takes it back. */
  readonly after: (ms: number, run: () => void) => () => void
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    // Who waits holds a connection of its own; a timer must not be what keeps the process alive.
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves after so many milliseconds, or rejects with the signal's reason as soon as it fires. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const cancel = clock.after(ms, resolve)
  const leave = (): void => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    await promise
  } finally {
    cancel()
    signal.removeEventListener('abort', leave)
  }
}
