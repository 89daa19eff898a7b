import { readFileSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { gql } from 'graphql-tag'
import type { LegacyRow, SitePartnerRow } from '../people.ts'
import { withMilliseconds } from '../people.ts'

/**
 * What a subgraph over the same two APIs looks like when somebody writes it in an afternoon: Apollo's standalone server,
 * `fetch`, one call for one thing. No retry, no checks, no signed cursors, no sharing between requests.
 */
const base = String(process.env['LEGACY_API_URL'])
const SITE_PARTNER_USERS = '/asset-management/v1/site-partner-users'

interface SitePartnerList {
  readonly data: { readonly hasMore: boolean; readonly items: readonly SitePartnerRow[] }
}

async function get<Body>(path: string): Promise<Body> {
  const response = await fetch(base + path, {
    headers: { 'x-application-key': 'bench', 'x-user-api-key': 'bench', authorization: 'Bearer bench' },
  })
  if (!response.ok) throw new Error(`the upstream answered ${response.status}`)
  return (await response.json()) as Body
}

function fromLegacy(row: LegacyRow) {
  return {
    id: `legacy:${row.user_id}`,
    source: 'LEGACY',
    sourceId: row.user_id,
    email: row.email,
    firstName: row.firstname,
    lastName: row.lastname,
    displayName: `${row.firstname} ${row.lastname}`,
    status: row.status === 'active' ? 'ACTIVE' : row.status === 'inactive' ? 'INACTIVE' : 'UNKNOWN',
    role: row.role,
    createdAt: withMilliseconds(row.created_at),
    updatedAt: withMilliseconds(row.updated_at),
  }
}

function fromSitePartner(row: SitePartnerRow) {
  return {
    id: `site-partner:${row.id}`,
    source: 'SITE_PARTNER',
    sourceId: row.id,
    email: row.email,
    firstName: row.firstName,
    lastName: row.lastName,
    displayName: `${row.firstName} ${row.lastName}`,
    status: row.isArchived ? 'ARCHIVED' : 'ACTIVE',
    role: null,
    createdAt: withMilliseconds(row.createdAt),
    updatedAt: withMilliseconds(row.updatedAt),
  }
}

async function identity({ id }: { id: string }) {
  const { user } = await get<{ user: LegacyRow }>(`/user/${encodeURIComponent(id.replace(/^legacy:/, ''))}`)
  return fromLegacy(user)
}

/** A cursor is `legacy/<rows passed>` or `site-partner/<last id>`. */
async function identities(_parent: unknown, { first, after }: { first: number; after?: string | null }) {
  const [list, place] = Buffer.from(after ?? '', 'base64url')
    .toString()
    .split('/')
  if (list !== 'site-partner') {
    const passed = Number(place ?? 0)
    const { users } = await get<{ users: LegacyRow[] }>(`/user?page=${passed / first + 1}&count=${first}`)
    if (users.length > 0) {
      const cursors = users.map((_row, index) => `legacy/${passed + index + 1}`)
      return connection(users.map(fromLegacy), cursors, true, Boolean(after))
    }
  }
  const behind = list === 'site-partner' ? `&startingAfter=${place}` : ''
  const { data } = await get<SitePartnerList>(`${SITE_PARTNER_USERS}?limit=${first}${behind}`)
  const cursors = data.items.map((row) => `site-partner/${row.id}`)
  return connection(data.items.map(fromSitePartner), cursors, data.hasMore, Boolean(after))
}

function connection(nodes: readonly object[], places: readonly string[], hasNextPage: boolean, resumed: boolean) {
  const edges = nodes.map((node, index) => ({ node, cursor: Buffer.from(places[index] ?? '').toString('base64url') }))
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: resumed,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

/** Neither API can be asked for an address: both lists are read to their end, side by side. */
async function identityHolder(_parent: unknown, { email }: { email: string }) {
  const [legacy, sitePartner] = await Promise.all([everyLegacy(), everySitePartner()])
  const identities = [...legacy.map(fromLegacy), ...sitePartner.map(fromSitePartner)]
  return { email, identities: identities.filter((person) => person.email?.toLowerCase() === email) }
}

async function everyLegacy(): Promise<LegacyRow[]> {
  const rows: LegacyRow[] = []
  for (let page = 1; ; page++) {
    const { users } = await get<{ users: LegacyRow[] }>(`/user?page=${page}&count=100`)
    rows.push(...users)
    if (users.length < 100) return rows
  }
}

async function everySitePartner(): Promise<SitePartnerRow[]> {
  const rows: SitePartnerRow[] = []
  for (;;) {
    const last = rows.at(-1)
    const behind = last ? `&startingAfter=${last.id}` : ''
    const { data } = await get<SitePartnerList>(`${SITE_PARTNER_USERS}?limit=100${behind}`)
    rows.push(...data.items)
    if (!data.hasMore) return rows
  }
}

const typeDefs = gql(readFileSync(new URL('../../../schema/identity.graphql', import.meta.url), 'utf8'))
const resolvers = {
  Query: {
    identity: (_parent: unknown, args: { id: string }) => identity(args),
    identities,
    identityHolder,
  },
  Identity: { __resolveReference: identity },
}
const server = new ApolloServer({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]) })
await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: Number(process.env['PORT']) } })
