import type { IdentitySource } from '../identity.ts'
import type { AccountFinder } from './account-finder.ts'
import type { PatchWriter, RecordWriter } from './account-writer.ts'
import type { KeyedMutex } from './keyed-mutex.ts'
import type { ProvisionLedger } from './provision-ledger.ts'
import type { Written } from './written.ts'

/** Which writes this server is set to do. */
export interface WriteSwitches {
  readonly legacy: boolean
  readonly sitePartner: boolean
  readonly legacyDelete: boolean
}

/** What is there to write to a source, and to look its accounts up. */
export interface Writable<Writer> {
  readonly writer: Writer
  readonly finder: AccountFinder
}

/** The sources as far as they are configured. */
export interface WritableSources {
  readonly LEGACY: Writable<RecordWriter> | undefined
  readonly SITE_PARTNER: Writable<PatchWriter> | undefined
}

/** What all writes of this process share. */
export interface WriteTools {
  readonly sources: WritableSources
  readonly switches: WriteSwitches
  /** Locks by account, by address and by idempotency key. */
  readonly locks: KeyedMutex
  readonly ledger: ProvisionLedger
  readonly now: () => Date
  readonly monotonicNow: () => number
  /** Between two looks for an account that may yet turn up. Rejects with the signal's reason when it fires. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  readonly createKey: () => string
  readonly createPassword: () => string
  readonly onWritten: (written: Written) => void
  readonly onUnexpected: (error: unknown) => void
}

export function lockOf(source: IdentitySource, sourceId: string): string {
  return `id ${source} ${sourceId}`
}
