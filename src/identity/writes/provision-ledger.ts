import { createHash, createHmac } from 'node:crypto'
import { PublicError } from '../../errors.ts'

/** How long a creation is remembered, in milliseconds: 24 hours. */
export const KEPT_MS = 86_400_000

/**
 * How far a creation is known to have come:
 *
 * - `POSTED`: its POST may have left us, and nobody knows yet what became of it.
 * - `CREATED`: the account is there; what POST does not take may still be missing.
 * - `COMPLETE`: it is all done.
 */
export type ProvisionState =
  | { readonly kind: 'POSTED' }
  | { readonly kind: 'CREATED' | 'COMPLETE'; readonly sourceId: string }

export interface ProvisionEntry {
  /** Tells whether a second call asks for the same; see `askedFor`. */
  readonly asked: string
  readonly state: ProvisionState
  /** When it was begun, in milliseconds of the epoch. It is forgotten `KEPT_MS` later. */
  readonly startedAt: number
}

/**
 * Remembers creations by their idempotency key, and the last of each address, so that none is made twice. It holds neither
 * keys nor addresses: only digests, and the ids of accounts.
 */
export interface ProvisionLedger {
  /** Undefined when there is none, or it is too old. @param key as `ledgerKey` makes it. */
  find(key: string): Promise<ProvisionEntry | undefined>
  /** Settles when it is kept. @throws PublicError when there is no room, and then nothing may be created. */
  save(key: string, entry: ProvisionEntry): Promise<void>
  /** Of a creation that is known not to have happened. */
  remove(key: string): Promise<void>
}

/** Callers may choose keys that say something, so they are kept as digests. */
export function ledgerKey(idempotencyKey: string): string {
  return createHash('sha256').update(idempotencyKey).digest('base64url')
}

/** A digest of what is asked for that cannot be guessed at without the idempotency key. Passwords do not belong in. */
export function askedFor(idempotencyKey: string, asked: readonly (string | null | undefined)[]): string {
  const text = JSON.stringify(asked.map((each) => each ?? null))
  return createHmac('sha256', idempotencyKey).update(text).digest('base64url')
}

const MAX_ENTRIES = 10_000

/** In memory: a creation whose fate is unknown is forgotten with the process. */
export function createMemoryLedger(now: () => Date, maxEntries = MAX_ENTRIES): ProvisionLedger {
  // In the order of their first saving, so the oldest come first.
  const entries = new Map<string, ProvisionEntry>()
  const isOver = (entry: ProvisionEntry): boolean => now().getTime() - entry.startedAt >= KEPT_MS

  const makeRoom = (): void => {
    for (const [key, entry] of entries) if (isOver(entry)) entries.delete(key)
    if (entries.size < maxEntries) return
    // A creation that is known to have come about is found by its address as well. One of unknown fate is never dropped.
    const [known] = [...entries].find(([, { state }]) => state.kind !== 'POSTED') ?? []
    if (known === undefined) {
      throw new PublicError('INTERNAL_SERVER_ERROR', 'Too many creations of unknown outcome are under way.')
    }
    entries.delete(known)
  }

  return {
    async find(key) {
      const entry = entries.get(key)
      return entry && !isOver(entry) ? entry : undefined
    },
    async save(key, entry) {
      if (!entries.has(key) && entries.size >= maxEntries) makeRoom()
      entries.set(key, entry)
    },
    async remove(key) {
      entries.delete(key)
    },
  }
}
