import DataLoader from 'dataloader'
import type { CarriedField, Identity } from './identity.ts'
import type { WantedAccount } from './lookup-plan.ts'

/** Looks accounts of one source up, for one request: the keys of one tick are planned together, each id once. */
export interface AccountLoader {
  /** Null when the source has no such account. @param needs the fields that it is wanted for. */
  load(sourceId: string, needs: readonly CarriedField[]): Promise<Identity | null>
}

/** Looks for some accounts. Who is neither found nor failed does not exist. */
export type FindAccounts = (wanted: readonly WantedAccount[], search: Search) => Promise<void>

/** How a look-up stands: who was found, who is still looked for, and who could not be. */
export class Search {
  readonly found = new Map<string, Identity>()
  readonly failed = new Map<string, Error>()
  readonly missing: Set<string>

  constructor(ids: Iterable<string>) {
    this.missing = new Set(ids)
  }

  /** Takes those of the rows that are looked for. */
  take(rows: readonly Identity[]): void {
    for (const row of rows) if (this.missing.delete(row.sourceId)) this.found.set(row.sourceId, row)
  }

  /** Gives up those of the ids that are still looked for: nothing is known of them. */
  fail(ids: Iterable<string>, reason: unknown): void {
    const error = toError(reason)
    for (const id of ids) if (this.missing.delete(id)) this.failed.set(id, error)
  }

  /** Those of the ids that are still looked for do not exist. */
  close(ids: Iterable<string>): void {
    for (const id of ids) this.missing.delete(id)
  }
}

export function createAccountLoader(name: string, find: FindAccounts): AccountLoader {
  // The same account may be wanted for several things in one tick, of which DataLoader would keep the first only.
  const needed = new Map<string, Set<CarriedField>>()
  const findAll = async (ids: readonly string[]): Promise<(Identity | Error | null)[]> => {
    const wanted = ids.map((sourceId) => ({ sourceId, needs: [...(needed.get(sourceId) ?? [])] }))
    const search = new Search(ids)
    // What fails, fails for those who were not found yet.
    await find(wanted, search).catch((error: unknown) => search.fail([...search.missing], error))
    // DataLoader takes an Error in the place of a key that failed, so that one failure spoils one key only.
    return ids.map((id) => search.found.get(id) ?? search.failed.get(id) ?? null)
  }
  // Most requests look nobody up in most sources.
  let accounts: DataLoader<string, Identity | null> | undefined
  return {
    load(sourceId, needs) {
      const known = needed.get(sourceId) ?? new Set()
      needed.set(sourceId, known)
      for (const field of needs) known.add(field)
      accounts ??= new DataLoader(findAll, { name })
      return accounts.load(sourceId)
    },
  }
}

export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('A look-up failed', { cause: error })
}
