import { PublicError, type ErrorCode } from '../errors.ts'
import type { ReadScope } from './account-source.ts'
import type { AccountKey } from './identity-id.ts'
import type { CarriedField, Identity, IdentitySource } from './identity.ts'
import type { RecentAccounts } from './recent-accounts.ts'

/** Failures that pass, or that say nothing of the account. One whose keys are refused may not see it any more. */
const STANDS_IN_FOR: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_THROTTLED',
  'UPSTREAM_INVALID_RESPONSE',
  'DEADLINE_EXCEEDED',
])

/**
 * One account as `read` gives it or, only where that fails because of the upstream, as it looked when it was last read.
 *
 * @param fields those that are wanted; a reading without one of them does not stand in.
 */
export type ReadOrRecall = (
  key: AccountKey,
  fields: readonly CarriedField[],
  read: () => Promise<Identity | null>,
) => Promise<Identity | null>

/**
 * Stale rather than nothing, for one request.
 *
 * @param openedAt when the request began, in monotonic milliseconds. What was asked for since then may have joined a call
 * that is older than the request accepts, and under `no-cache` nothing lies between that and `notBefore`.
 */
export function createReadOrRecall(
  recent: RecentAccounts,
  { notBefore }: ReadScope,
  openedAt: number,
  onRecalled: (source: IdentitySource) => void,
): ReadOrRecall {
  return async (key, fields, read) => {
    try {
      const identity = await read()
      // Also where a whole list was read to know it.
      if (!identity) recent.forget(key)
      return identity
    } catch (error) {
      const recalled = isOutage(error) ? recent.find(key, fields, notBefore, openedAt) : undefined
      if (!recalled) throw error
      onRecalled(key.source)
      return recalled
    }
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof PublicError && STANDS_IN_FOR.has(error.code)
}
