import type { Identity, IdentitySource } from '../identity/identity.ts'

/**
 * Accounts as one answer of an upstream had them. What was asked for earlier never overwrites what was asked for later: a
 * page that left the upstream before a write of ours must not undo it, whenever it arrives.
 */
export interface Reading {
  readonly source: IdentitySource
  readonly rows: readonly Identity[]
  /** Just before the call was made. */
  readonly askedAt: Date
}

/** A page of a sweep: in the list's own order, behind the account `after` (null: the list begins with it). */
export interface SweepPage extends Reading {
  readonly sweep: number
  readonly after: string | null
  /** Where the sweep goes on after this page, in words of whoever sweeps; kept with the page, in one transaction. */
  readonly progress: string
}

export interface SaveOutcome {
  readonly added: number
  readonly changed: number
}

/** A sweep that was begun and not closed yet, perhaps by a process before this one. */
export interface OpenSweep {
  readonly sweep: number
  readonly startedAt: Date
  /** Of the last page that was saved; null: none was. */
  readonly progress: string | null
}

/** An account that was known before a sweep began, and that neither the sweep nor anything since has shown. */
export interface MissingAccount {
  readonly sourceId: string
  /** Whom it last stood behind in the list; null: nobody; undefined: unknown. */
  readonly predecessor: string | null | undefined
}

export interface Missing {
  readonly count: number
  /** How many accounts of the source are known in all, the missing ones among them. */
  readonly known: number
  /** As many as were asked for. */
  readonly accounts: readonly MissingAccount[]
}

export interface ClosedSweep {
  readonly source: IdentitySource
  readonly sweep: number
  /** Read from end to end, with nothing that could have slipped through. Only then it stands for the whole list. */
  readonly whole: boolean
  readonly closedAt: Date
}

/**
 * What syncing asks of the directory's store. All of it happens in a worker; a rejection is a fault of the store (a full
 * disk, a corrupt file), never of an upstream.
 */
export interface DirectoryWriter {
  /** The sweep that was interrupted, or a new one. */
  openSweep(source: IdentitySource, now: Date): Promise<OpenSweep>
  /** Forgets an interrupted sweep and begins anew: its place in the list is lost. */
  restartSweep(source: IdentitySource, now: Date): Promise<OpenSweep>
  saveSweepPage(page: SweepPage): Promise<SaveOutcome>
  /** What a poll, a single read or a write has shown. */
  save(reading: Reading): Promise<SaveOutcome>
  /** Who is missing after all pages of this sweep. @param limit how many to name. */
  missing(source: IdentitySource, sweep: number, limit: number): Promise<Missing>
  closeSweep(sweep: ClosedSweep): Promise<void>
  /** These are proven to be gone since `askedAt`; an older reading does not bring them back. */
  remove(source: IdentitySource, sourceIds: readonly string[], askedAt: Date): Promise<void>
  close(): Promise<void>
}
