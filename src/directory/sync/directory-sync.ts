import { sourceNotConfigured } from '../../errors.ts'
import type { AccountSource } from '../../identity/account-source.ts'
import type { IdentitySource } from '../../identity/identity.ts'
import type { KnownEnds } from '../../identity/newest-rows.ts'
import { SourceSync, type SyncOptions } from './source-sync.ts'
import type { SyncState } from './sync-report.ts'

/** The syncing of all sources, each on its own: one that is down holds up no other. */
export interface DirectorySync {
  start(): void
  /** Settles when nothing is asked or saved any more; the store may be closed then. */
  stop(): Promise<void>
  /** The store has lost all it knew: every list is read anew at once. */
  beginAnew(): void
  states(): readonly SyncState[]
  /** Undefined: since the process started, the source's list was not read from end to end. */
  ends(source: IdentitySource): KnownEnds | undefined
  /** See SourceSync.whenFresh. */
  whenFresh(source: IdentitySource, notBefore: number, signal: AbortSignal): Promise<void>
}

export function createDirectorySync(sources: readonly AccountSource[], options: SyncOptions): DirectorySync {
  const syncs = new Map(sources.map((source) => [source.source, new SourceSync(source, options)]))
  return {
    start: () => {
      for (const sync of syncs.values()) sync.start()
    },
    stop: async () => void (await Promise.all([...syncs.values()].map(async (sync) => sync.stop()))),
    beginAnew: () => {
      for (const sync of syncs.values()) sync.beginAnew()
    },
    states: () => [...syncs.values()].map((sync) => sync.state),
    ends: (source) => syncs.get(source)?.ends,
    whenFresh: async (source, notBefore, signal) => {
      const sync = syncs.get(source)
      if (!sync) throw sourceNotConfigured(source)
      return sync.whenFresh(notBefore, signal)
    },
  }
}
