import type { ErrorCode } from '../../errors.ts'
import type { IdentitySource } from '../../identity/identity.ts'

/**
 * - `WHOLE`: read from end to end, with nobody who could have slipped through.
 * - `NOT_WHOLE`: given up, for the list could not be followed; what was read counts, and nothing is concluded.
 * - `INTERRUPTED`: goes on later where it stopped.
 */
export type SweepOutcome = 'WHOLE' | 'NOT_WHOLE' | 'INTERRUPTED'

/** A sweep, or a part of one that was interrupted. */
export interface SweepReport {
  readonly source: IdentitySource
  readonly outcome: SweepOutcome
  /** Why it is not whole. */
  readonly code: ErrorCode | null
  /** Pages and accounts since it began, those before an interruption among them. */
  readonly pages: number
  readonly users: number
  /** How long this part of it took. */
  readonly seconds: number
  /** Of this part of it. */
  readonly added: number
  readonly changed: number
  /** How many known accounts it did not show, and how many of them were then proven to be gone. */
  readonly missing: number
  readonly gone: number
}

/** So many accounts are missing at once that the list is doubted, not they. */
export interface MissingAlarm {
  readonly count: number
  readonly known: number
}

export interface SweepProgress {
  readonly source: IdentitySource
  readonly pages: number
  readonly users: number
  /** How many there were when the list was last read whole; undefined: it never was. */
  readonly expected: number | undefined
}

/** How the syncing of one source stands. */
export interface SyncState {
  readonly source: IdentitySource
  /** Whether a sweep was whole since the process started. */
  readonly firstSweepWhole: boolean
  /** When the last whole sweep began: nothing in the directory is older. */
  readonly wholeAt: Date | null
  /** How many accounts the last whole sweep has shown. */
  readonly users: number | null
  readonly lastSweepSeconds: number | null
  /** The sweep under way. */
  readonly running: SweepProgress | null
  /** Until it is null again, nobody is concluded to be gone. */
  readonly missingAlarm: MissingAlarm | null
  /** Whether fields that list rows lack are still being asked for; if not, who lacks one has none. */
  readonly completing: boolean
  /** Why the last sweep or look was not what it should be; null: it was. */
  readonly code: ErrorCode | null
}

/** What syncing tells those who keep logs and metrics. None of these may throw. */
export interface SyncEvents {
  readonly onSweepProgress: (progress: SweepProgress) => void
  readonly onSweepEnd: (report: SweepReport) => void
  /** Null: what was missing has come back, or has become few enough. */
  readonly onAlarm: (source: IdentitySource, alarm: MissingAlarm | null) => void
  /** The store failed, or we did. Syncing goes on after a pause. */
  readonly onUnexpected: (error: unknown) => void
}
