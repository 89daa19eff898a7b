import DataLoader from 'dataloader'
import type { AccountSource } from './account-source.ts'
import type { Identity } from './identity.ts'
import type { Sweep } from './sweep.ts'

/** One source's accounts by the source's own id, for one request: every id is looked up once. */
export type AccountLoader = DataLoader<string, Identity | null>

/**
 * @param joinSweep the sweep to look through, where the source cannot be asked for one account.
 * @param signal the request's: nothing is started after it has fired.
 */
export function createAccountLoader(source: AccountSource, joinSweep: () => Sweep, signal: AbortSignal): AccountLoader {
  const load =
    source.paging === 'offset'
      ? (ids: readonly string[]) => settle(ids.map(async (id) => source.readOne(id, signal)))
      : (ids: readonly string[]) => findBySweep(ids, joinSweep(), signal)
  return new DataLoader(load, { name: `account:${source.source}` })
}

/** The accounts in the order of the ids; who is not in the list is null. Ends as soon as all are found. */
async function findBySweep(ids: readonly string[], sweep: Sweep, signal: AbortSignal): Promise<(Identity | null)[]> {
  const missing = new Set(ids)
  const found = new Map<string, Identity>()
  for await (const rows of sweep.pages(signal)) {
    for (const row of rows) if (missing.delete(row.sourceId)) found.set(row.sourceId, row)
    if (missing.size === 0) break
  }
  return ids.map((id) => found.get(id) ?? null)
}

/** DataLoader wants an Error in the place of a key that failed, so that one failure spoils one key only. */
async function settle<Value>(promises: readonly Promise<Value>[]): Promise<(Value | Error)[]> {
  const results = await Promise.allSettled(promises)
  return results.map((result) => {
    if (result.status === 'fulfilled') return result.value
    return result.reason instanceof Error ? result.reason : new Error('A look-up failed', { cause: result.reason })
  })
}
