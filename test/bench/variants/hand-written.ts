import { readFileSync } from 'node:fs'
import { ApolloServer, type BaseContext } from '@apollo/server'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { gql } from 'graphql-tag'
import { showLegacy, showSitePartner, type LegacyRow, type SitePartnerRow } from '../people.ts'

/** The calls that both APIs have for what the queries ask. Whoever writes a subgraph by hand makes them by means of their own. */
export interface Upstreams {
  legacyUser(id: string): Promise<LegacyRow>
  /** @param page from 1. */
  legacyUsers(page: number, count: number): Promise<readonly LegacyRow[]>
  sitePartnerUsers(limit: number, startingAfter: string | undefined): Promise<SitePartnerPage>
}

export interface SitePartnerPage {
  readonly hasMore: boolean
  readonly items: readonly SitePartnerRow[]
}

export const SITE_PARTNER_USERS = '/asset-management/v1/site-partner-users'

/**
 * What a subgraph over the same two APIs looks like when somebody writes it in an afternoon: one call for one thing. No retry,
 * no checks, no signed cursors, no sharing between requests.
 */
export function handWrittenServer<Context extends BaseContext>(
  upstreamsOf: (context: Context) => Upstreams,
): ApolloServer<Context> {
  const identity = async ({ id }: { id: string }, context: Context) =>
    showLegacy(await upstreamsOf(context).legacyUser(id.replace(/^legacy:/, '')))
  const resolvers = {
    Query: {
      identity: (_parent: unknown, args: { id: string }, context: Context) => identity(args, context),
      identities: (_parent: unknown, args: PageArguments, context: Context) => identities(args, upstreamsOf(context)),
      identityHolder: (_parent: unknown, { email }: { email: string }, context: Context) =>
        identityHolder(email, upstreamsOf(context)),
    },
    Identity: { __resolveReference: identity },
  }
  const typeDefs = gql(readFileSync(new URL('../../../schema/identity.graphql', import.meta.url), 'utf8'))
  return new ApolloServer<Context>({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]) })
}

interface PageArguments {
  readonly first: number
  readonly after?: string | null
}

/** A cursor is `legacy/<rows passed>` or `site-partner/<last id>`. */
async function identities({ first, after }: PageArguments, upstreams: Upstreams) {
  const [list, place] = Buffer.from(after ?? '', 'base64url')
    .toString()
    .split('/')
  if (list !== 'site-partner') {
    const passed = Number(place ?? 0)
    const users = await upstreams.legacyUsers(passed / first + 1, first)
    if (users.length > 0) {
      const cursors = users.map((_row, index) => `legacy/${passed + index + 1}`)
      return connection(users.map(showLegacy), cursors, true, Boolean(after))
    }
  }
  const { items, hasMore } = await upstreams.sitePartnerUsers(first, list === 'site-partner' ? place : undefined)
  const cursors = items.map((row) => `site-partner/${row.id}`)
  return connection(items.map(showSitePartner), cursors, hasMore, Boolean(after))
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
async function identityHolder(email: string, upstreams: Upstreams) {
  const [legacy, sitePartner] = await Promise.all([everyLegacy(upstreams), everySitePartner(upstreams)])
  const identities = [...legacy.map(showLegacy), ...sitePartner.map(showSitePartner)]
  return { email, identities: identities.filter((person) => person.email?.toLowerCase() === email) }
}

async function everyLegacy(upstreams: Upstreams): Promise<LegacyRow[]> {
  const rows: LegacyRow[] = []
  for (let page = 1; ; page++) {
    const users = await upstreams.legacyUsers(page, 100)
    rows.push(...users)
    if (users.length < 100) return rows
  }
}

async function everySitePartner(upstreams: Upstreams): Promise<SitePartnerRow[]> {
  const rows: SitePartnerRow[] = []
  for (;;) {
    const { items, hasMore } = await upstreams.sitePartnerUsers(100, rows.at(-1)?.id)
    rows.push(...items)
    if (!hasMore) return rows
  }
}
