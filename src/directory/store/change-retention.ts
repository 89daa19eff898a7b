/** How much of the log of changes is kept. */
export interface ChangeRetention {
  readonly maxAgeMs: number
  readonly maxCount: number
}

export const DEFAULT_RETENTION: ChangeRetention = { maxAgeMs: 30 * 24 * 60 * 60 * 1000, maxCount: 1_000_000 }
