import { setTimeout as delay } from 'node:timers/promises'

/** Time as syncing sees it. */
export interface SyncClock {
  readonly now: () => Date
  readonly monotonicNow: () => number
  /** Settles after so many milliseconds; rejects when the signal fires. Keeps no process alive. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1, like Math.random. */
  readonly random: () => number
}

export const REAL_CLOCK: SyncClock = {
  now: () => new Date(),
  monotonicNow: () => performance.now(),
  wait: async (ms, signal) => delay(ms, undefined, { signal, ref: false }),
  random: Math.random,
}

/** The first pause after a failure, in milliseconds; each further failure in a row doubles it. */
const FIRST_PAUSE_MS = 1_000

/**
 * How long to wait after so many failures in a row. Half of it is left to chance, so that replicas do not come all at once.
 *
 * @param maxMs the pause between two sweeps that went well.
 */
export function pauseAfter(failures: number, maxMs: number, random: () => number): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), maxMs)
  return pause / 2 + (random() * pause) / 2
}
