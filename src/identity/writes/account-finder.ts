import type { ReadScope } from '../account-source.ts'
import { normalizeEmail } from '../email.ts'
import { CARRIED_FIELDS, missingFields, type Identity } from '../identity.ts'
import { pagesFromEnd } from '../pages-from-end.ts'
import { openSource, type SharedSource } from '../source-session.ts'

/** Looks accounts of one source up for a write: as they are now, whatever was read before. */
export interface AccountFinder {
  /** Null when the source has no such account. */
  byId(sourceId: string, scope: ReadScope): Promise<Identity | null>
  /** The account where it was last seen, for one call at most; null when it is not there. */
  glance(sourceId: string, scope: ReadScope): Promise<Identity | null>
  /**
   * Everyone in the source with this address who is not archived, and whole. It ends at the first page that has one, from
   * the end of the list, for that is where new accounts stand; only the whole list says that there is none.
   *
   * @param email in any letter case.
   */
  byEmail(email: string, scope: ReadScope): Promise<readonly Identity[]>
}

export function createAccountFinder(shared: SharedSource, monotonicNow: () => number): AccountFinder {
  return {
    byId: async (sourceId, scope) => openSource(shared, scope).accounts.load(sourceId, CARRIED_FIELDS),

    async glance(sourceId, scope) {
      const { source, knowledge } = shared
      if (source.paging === 'offset') return source.readOne(sourceId, scope)
      const after = knowledge.row(sourceId)?.predecessor
      const page = after === undefined ? null : await source.readPage({ after, size: 1 }, scope)
      return page?.rows.find((row) => row.sourceId === sourceId) ?? null
    },

    async byEmail(email, scope) {
      const holdersAmong = holdersOf(email, shared, scope)
      for await (const rows of pagesFromEnd(shared, scope, monotonicNow)) {
        const holders = await holdersAmong(rows)
        if (holders.length > 0) return holders
      }
      return []
    },
  }
}

/** Says who of some rows has the address and is not archived, each of them whole. */
export function holdersOf(
  email: string,
  shared: SharedSource,
  scope: ReadScope,
): (rows: readonly Identity[]) => Promise<readonly Identity[]> {
  const wanted = normalizeEmail(email)
  const whole = wholeBy(shared, scope)
  return async (rows) => {
    // A row that does not say its address may have the one that is looked for.
    const readable = await Promise.all(rows.map(async (row) => (row.email === undefined ? whole(row) : row)))
    const found = readable.filter((row) => row.email && normalizeEmail(row.email) === wanted)
    const accounts = await Promise.all(found.map(whole))
    return accounts.filter((account) => account.status !== 'ARCHIVED')
  }
}

function wholeBy({ source }: SharedSource, scope: ReadScope) {
  return async (row: Identity): Promise<Identity> => {
    if (missingFields(row).length === 0 || source.paging === 'cursor') return row
    return (await source.readOne(row.sourceId, scope)) ?? row
  }
}
