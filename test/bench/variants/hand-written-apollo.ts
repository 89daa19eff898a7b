import { startStandaloneServer } from '@apollo/server/standalone'
import type { LegacyRow } from '../people.ts'
import { handWrittenServer, SITE_PARTNER_USERS, type SitePartnerPage, type Upstreams } from './hand-written.ts'

/** The subgraph by hand over `fetch`, with Apollo's standalone server. */
const base = String(process.env['LEGACY_API_URL'])

async function get<Body>(path: string): Promise<Body> {
  const response = await fetch(base + path, {
    headers: { 'x-application-key': 'bench', 'x-user-api-key': 'bench', authorization: 'Bearer bench' },
  })
  if (!response.ok) throw new Error(`the upstream answered ${response.status}`)
  return (await response.json()) as Body
}

const upstreams: Upstreams = {
  legacyUser: async (id) => (await get<{ user: LegacyRow }>(`/user/${encodeURIComponent(id)}`)).user,
  legacyUsers: async (page, count) => (await get<{ users: LegacyRow[] }>(`/user?page=${page}&count=${count}`)).users,
  sitePartnerUsers: async (limit, startingAfter) => {
    const behind = startingAfter === undefined ? '' : `&startingAfter=${startingAfter}`
    return (await get<{ data: SitePartnerPage }>(`${SITE_PARTNER_USERS}?limit=${limit}${behind}`)).data
  },
}
const server = handWrittenServer(() => upstreams)
await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: Number(process.env['PORT']) } })
