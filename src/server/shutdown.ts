export interface ShutdownSteps {
  /** From now on the server says that it is not ready. */
  readonly startDraining: () => void
  /** Until load balancers have seen it. */
  readonly waitForBalancers: () => Promise<unknown>
  /** Takes no new connections and ends when the requests under way have been answered. */
  readonly closeServer: () => Promise<void>
  /** Waits for what is still being written, though nobody waits for its answer any more. */
  readonly finishWrites: () => Promise<void>
  readonly stopGraphql: () => Promise<void>
  readonly closeUpstreams: () => Promise<void>
}

/**
 * The one order of shutting down. However often it is called, it runs once: Apollo Server's `stop` never settles when it
 * is called a second time.
 */
export function createShutdown(steps: ShutdownSteps): () => Promise<void> {
  const run = async (): Promise<void> => {
    steps.startDraining()
    await steps.waitForBalancers()
    await steps.closeServer()
    await steps.finishWrites()
    await steps.stopGraphql()
    await steps.closeUpstreams()
  }
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
