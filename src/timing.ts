/** How long things may take, in milliseconds. */
export interface Timing {
  /** For a request to arrive, headers and body. */
  readonly readRequestMs: number
  /** For a whole read, from the request to the answer. */
  readonly deadlineMs: number
  /** For all mutations of a request together, from the request on. */
  readonly mutationDeadlineMs: number
  /** For one attempt at one upstream call. */
  readonly attemptTimeoutMs: number
  /** For which an upstream that fails is left alone, at first. */
  readonly breakerOpenMs: number
  /** Between saying "not ready" and closing, for load balancers to see it. */
  readonly drainMs: number
  /** For what is under way when the server closes; what is left then is cut off. */
  readonly graceMs: number
}

export const TIMING: Timing = {
  readRequestMs: 8_000,
  deadlineMs: 4_000,
  mutationDeadlineMs: 10_000,
  attemptTimeoutMs: 2_000,
  breakerOpenMs: 5_000,
  drainMs: 5_000,
  graceMs: 15_000,
}
