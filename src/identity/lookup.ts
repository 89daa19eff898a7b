import DataLoader from 'dataloader'
import type { CarriedField, Identity } from './identity.ts'
import type { WantedAccount } from './lookup-plan.ts'

/** Looks accounts of one source up, for one request: the keys of one tick are planned together, each id once. */
export interface AccountLoader {
  /** Null when the source has no such account. @param needs the fields that it is wanted for. */
  load(sourceId: string, needs: readonly CarriedField[]): Promise<Identity | null>
}

/** Finds what it can. Who is neither found nor failed does not exist. */
export type FindAccounts = (wanted: readonly WantedAccount[]) => Promise<Findings>

export interface Findings {
  readonly found: ReadonlyMap<string, Identity>
  /** Why some that are not found could not be looked for: one reason for all, or one for each. */
  readonly failed: (sourceId: string) => Error | undefined
}

export function createAccountLoader(name: string, find: FindAccounts): AccountLoader {
  // The same account may be wanted for several things in one tick, of which DataLoader would keep the first only.
  const needed = new Map<string, Set<CarriedField>>()
  const accounts = new DataLoader<string, Identity | null>(
    async (ids) => {
      const wanted = ids.map((sourceId) => ({ sourceId, needs: [...(needed.get(sourceId) ?? [])] }))
      const { found, failed } = await find(wanted)
      // DataLoader takes an Error in the place of a key that failed, so that one failure spoils one key only.
      return ids.map((id) => found.get(id) ?? failed(id) ?? null)
    },
    { name },
  )
  return {
    load(sourceId, needs) {
      const known = needed.get(sourceId) ?? new Set()
      needed.set(sourceId, known)
      for (const field of needs) known.add(field)
      return accounts.load(sourceId)
    },
  }
}

/** Rows by their ids, of those that are still missing. */
export class Search {
  readonly found = new Map<string, Identity>()
  readonly missing: Set<string>

  constructor(ids: Iterable<string>) {
    this.missing = new Set(ids)
  }

  take(rows: readonly Identity[]): void {
    for (const row of rows) if (this.missing.delete(row.sourceId)) this.found.set(row.sourceId, row)
  }
}

export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('A look-up failed', { cause: error })
}
