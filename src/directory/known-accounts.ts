import type { IdentitySource } from '../identity/identity.ts'
import type { KnownAccounts } from '../identity/writes/known-accounts.ts'
import type { DirectoryReader, SourceKnowledge } from './store/store.ts'
import type { DirectorySync } from './sync/directory-sync.ts'

export interface KnownAccountsOptions {
  readonly reader: DirectoryReader
  readonly sync: Pick<DirectorySync, 'ends'>
  /** Settles when the store has what we have written to these sources. */
  readonly whenKept: (sources: readonly IdentitySource[]) => Promise<unknown> | undefined
  /** From the end of a sweep to the beginning of the next, in milliseconds. */
  readonly syncIntervalMs: number
  readonly now: () => Date
  /** Told of faults of the store: one goes on without it. */
  readonly onUnexpected: (error: unknown) => void
}

/** What the directory knows of a source's accounts, for writes to look them up. */
export function createKnownAccounts(
  source: IdentitySource,
  { reader, sync, whenKept, syncIntervalMs, now, onUnexpected }: KnownAccountsOptions,
): KnownAccounts {
  const unless = <Result>(fallback: Result, read: () => Result): Result => {
    try {
      return read()
    } catch (fault) {
      onUnexpected(fault)
      return fallback
    }
  }
  return {
    async holders(email) {
      await whenKept([source])
      return unless(undefined, () => {
        const ends = sync.ends(source)
        const knowledge = reader.knowledge(source)
        const lacking = reader.countLacking(source, ['email'])
        if (!ends || !knowsAddresses(knowledge, lacking, now().getTime(), syncIntervalMs)) return undefined
        return { accounts: reader.byEmails([email], [source])[0] ?? [], ends }
      })
    },
    has: (sourceId) => unless(false, () => reader.byKeys([{ source, sourceId }])[0] !== undefined),
  }
}

/** How many sweeps may fail to come before what the last one showed is too old. */
const SWEEPS = 2

/**
 * Whether the directory can say who has an address: all accounts were read, each with its address, and lately. A sweep of a
 * long list takes its time, so the next one is due when the pause and as much time again have passed.
 *
 * @param lacking of how many accounts no answer has carried the address.
 * @param now in milliseconds of the epoch.
 */
export function knowsAddresses(
  { ready, whole }: SourceKnowledge,
  lacking: number,
  now: number,
  syncIntervalMs: number,
): boolean {
  if (!ready || !whole || lacking > 0) return false
  const closedAt = whole.closedAt.getTime()
  const due = syncIntervalMs + Math.max(0, closedAt - whole.startedAt.getTime())
  // If the clock was set back, nobody knows how old it is.
  return closedAt <= now && now - closedAt <= SWEEPS * due
}
