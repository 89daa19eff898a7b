import type { DirectoryStore } from '../directory/store/open-store.ts'
import type { DirectorySync } from '../directory/sync/directory-sync.ts'
import type { IdentitySource } from '../identity/identity.ts'

/** What a directory does for writes: it finds accounts without their lists, and its file keeps what was begun. */
export interface DirectoryForWrites {
  readonly store: Pick<DirectoryStore, 'reader' | 'provisions'>
  readonly sync: Pick<DirectorySync, 'ends'>
  /** Settles when the store has what was written to these sources. */
  readonly whenKept: (sources: readonly IdentitySource[]) => Promise<unknown> | undefined
  readonly syncIntervalMs: number
  readonly now: () => Date
}
