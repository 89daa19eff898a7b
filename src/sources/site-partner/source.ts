import type { CursorAccountSource } from '../../identity/account-source.ts'
import type { SitePartnerClient } from './client.ts'
import { toIdentity } from './mapper.ts'

export function createSitePartnerSource(client: SitePartnerClient, now: () => Date): CursorAccountSource {
  return {
    source: 'SITE_PARTNER',
    paging: 'cursor',

    async readPage(token, scope) {
      const data = await client.listUsers(token, scope)
      if (!data) return null
      const asOf = now()
      return { rows: data.items.map((user) => toIdentity(user, asOf)), more: data.hasMore }
    },
  }
}
