import type { ReadScope } from '../account-source.ts'
import { normalizeEmail } from '../email.ts'
import type { Identity } from '../identity.ts'
import { readNewestRows } from '../newest-rows.ts'
import type { SharedSource } from '../source-session.ts'
import { holdersOf, type AccountFinder } from './account-finder.ts'
import type { KnownAccounts } from './known-accounts.ts'

/** So many who had the address are asked for anew; of more than that one goes by what was known of them. */
const MAX_ASKED = 5

/**
 * Finds who has an address without reading the list, be it ever so long, by what is known of the source's accounts. That
 * only says where to look: the accounts themselves are read as they are now.
 *
 * It finds whoever was added up to now, by anybody, and whoever had the address when last seen. It does not find somebody to
 * whom others have given the address since then: that takes the next sweep. Where too little is known `live` is asked, and
 * for all that is not about addresses.
 */
export function createKnowingFinder(live: AccountFinder, shared: SharedSource, known: KnownAccounts): AccountFinder {
  return {
    ...live,

    async byEmail(email, scope) {
      const before = await known.holders(normalizeEmail(email) ?? '')
      const newest = before && (await readNewestRows(shared.source, before.ends, (id) => known.has(id), scope))
      if (!before || !newest) return live.byEmail(email, scope)
      const holdersAmong = holdersOf(email, shared, scope)
      const holders = await holdersAmong(newest)
      if (holders.length > 0) return holders
      const asked = before.accounts.slice(0, MAX_ASKED).map(async (account) => asItIs(account, scope))
      const accounts = [...(await Promise.all(asked)), ...before.accounts.slice(MAX_ASKED)]
      return holdersAmong(accounts.filter((account) => account !== null))
    },
  }

  /** Null: the source has no such account. */
  async function asItIs(account: Identity, scope: ReadScope): Promise<Identity | null> {
    if (shared.source.paging === 'offset') return shared.source.readOne(account.sourceId, scope)
    // Who is not where they stood may stand anywhere. To take them for holders still makes nobody twice.
    return (await live.glance(account.sourceId, scope)) ?? account
  }
}
