import { PublicError } from '../../errors.ts'
import type { ReadScope } from '../account-source.ts'
import type { WriteAnswer } from './account-writer.ts'

/** The time and the client of one mutation. */
export interface WriteScope {
  /** Fires when the time is up and, until `commit`, when the client has gone. */
  readonly signal: AbortSignal
  /** Bytes of a write are about to leave: from now on it is gone through with, whoever still waits for it. */
  commit(): void
  /** It is all done: lets go of timers and listeners. */
  end(): void
}

/** What became of a write that may have left us. */
export type Sent<Value> = WriteAnswer<Value> | { readonly kind: 'unknown' }

/**
 * Makes one write call. From its first byte on the client's leaving counts for nothing.
 *
 * @param sentBefore whether the same was sent once already, and nobody knows what became of it.
 * @throws what the call threw, only if nothing can have happened upstream.
 */
export async function sendWrite<Value>(
  scope: WriteScope,
  call: () => Promise<WriteAnswer<Value>>,
  onUnexpected: (error: unknown) => void,
  sentBefore = false,
): Promise<Sent<Value>> {
  if (!sentBefore) scope.signal.throwIfAborted()
  scope.commit()
  try {
    const answer = await call()
    // A no to the second says nothing of the first, which may yet arrive.
    return sentBefore && answer.kind === 'refused' ? { kind: 'unknown' } : answer
  } catch (error) {
    if (!sentBefore && error instanceof PublicError && error.delivery !== 'UNKNOWN') throw error
    if (!(error instanceof PublicError)) onUnexpected(error)
    return { kind: 'unknown' }
  }
}

/** For a read that must show what was written up to now. */
export function readNow({ signal }: WriteScope, monotonicNow: () => number): ReadScope {
  return { signal, notBefore: monotonicNow() }
}
