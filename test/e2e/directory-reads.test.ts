import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { upstreamCalls, type Subgraph } from './subgraph.ts'
import { resetCalls, startSynced } from './synced.ts'

const WALK = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: IdentityFilter, $orderBy: IdentityOrder) {
  identities(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount complete sources { source state code asOf }
  }
}`

let subgraph: Subgraph
beforeAll(async () => void (subgraph = await startSynced()))
beforeEach(() => resetCalls(subgraph))
afterAll(() => subgraph.close())

async function page(variables: Record<string, unknown>): Promise<any> {
  const { data, errors } = await subgraph.ask(WALK, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data.identities
}

const codesOf = async (variables: Record<string, unknown>): Promise<unknown> =>
  (await subgraph.ask(WALK, variables)).errors?.map(({ extensions }) => extensions['code'])

const ids = (connection: any): string[] => connection.edges.map((edge: any) => edge.node.id)

interface Person {
  readonly id: string
  readonly createdAt: number
  readonly email: string | null
  readonly status: string
}

/** Both upstreams' own populations, in the order of a walk in the directory. */
function everybody(): Person[] {
  const { legacy, sitePartner } = subgraph.simulator
  const oldest = (a: Person, b: Person): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
  return [
    ...legacy.people
      .list()
      .map(({ user_id, email, status, created_at }) => ({
        id: `legacy:${user_id}`,
        email,
        createdAt: Date.parse(created_at),
        status: status === 'active' ? 'ACTIVE' : status === 'inactive' ? 'INACTIVE' : 'UNKNOWN',
      }))
      .toSorted(oldest),
    ...sitePartner.people
      .list()
      .map(({ id, email, createdAt, isArchived }) => ({
        id: `site-partner:${id}`,
        email,
        createdAt: Date.parse(createdAt),
        status: isArchived ? 'ARCHIVED' : 'ACTIVE',
      }))
      .toSorted(oldest),
  ]
}

describe('after the first sweep, without a call', () => {
  it('walks everybody forwards and backwards, and says at each page what lies on either side', async () => {
    const all = everybody().map(({ id }) => id)
    const forwards: string[] = []
    let after: string | null = null
    for (let page_ = 0; ; page_++) {
      const connection: any = await page({ first: 100, after })
      forwards.push(...ids(connection))
      expect(connection).toMatchObject({ totalCount: all.length, complete: true })
      expect(connection.pageInfo.hasPreviousPage).toBe(page_ > 0)
      if (!connection.pageInfo.hasNextPage) break
      after = connection.pageInfo.endCursor
    }
    expect(forwards).toEqual(all)
    const backwards: string[] = []
    let before: string | null = null
    for (let page_ = 0; ; page_++) {
      const connection: any = await page({ last: 90, before })
      backwards.unshift(...ids(connection))
      expect(connection.pageInfo.hasNextPage).toBe(page_ > 0)
      if (!connection.pageInfo.hasPreviousPage) break
      before = connection.pageInfo.startCursor
    }
    expect(backwards).toEqual(all)
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it('filters, orders and counts', async () => {
    const inactive = everybody().filter(({ status }) => status !== 'ACTIVE')
    const connection = await page({
      first: 500,
      filter: { status: ['INACTIVE', 'ARCHIVED', 'UNKNOWN'] },
      orderBy: { field: 'CREATED_AT', direction: 'DESC' },
    })
    expect(connection.totalCount).toBe(inactive.length)
    expect(ids(connection)).toEqual(
      inactive.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).map(({ id }) => id),
    )
    const found = await page({ filter: { search: 'ana sil', source: 'LEGACY' } })
    expect(ids(found)).toContain(`legacy:${KNOWN_PEOPLE.ana.legacy.user_id}`)
    expect(found.sources).toEqual([{ source: 'LEGACY', state: 'OK', code: null, asOf: expect.any(String) }])
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it('finds whoever has an address, in any letter case, and says that nobody has another', async () => {
    const query = `query ($e: String!, $n: String!) {
      somebody: identityHolder(email: $e) { email identities { id } } nobody: identityHolder(email: $n) { email }
    }`
    const { data } = await subgraph.ask(query, { e: 'ANA.Silva@example.com', n: 'nobody@example.com' })
    const anas = everybody().filter(({ email }) => email?.toLowerCase() === 'ana.silva@example.com')
    expect(data.somebody.identities.map(({ id }: any) => id)).toEqual(anas.map(({ id }) => id))
    expect(data.nobody).toBeNull()
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it('gives entities of both types and sources, null for whom nobody has', async () => {
    const people = everybody()
    const wanted = [...people.slice(0, 50), ...people.slice(-50)]
    const representations = [
      ...wanted.map(({ id }) => ({ __typename: 'Identity', id })),
      { __typename: 'Identity', id: 'legacy:nobody' },
      { __typename: 'Identity', id: 'site-partner:nobody' },
      { __typename: 'IdentityHolder', email: 'Ana.Silva@example.com' },
    ]
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
      ... on Identity { id email asOf } ... on IdentityHolder { identities { id } } } }`
    const { data, errors } = await subgraph.ask(query, { r: representations })
    expect(errors).toBeUndefined()
    expect(data._entities.slice(0, 100)).toEqual(
      wanted.map(({ id, email }) => ({ id, email, asOf: expect.any(String) })),
    )
    expect(data._entities.slice(100, 102)).toEqual([null, null])
    expect(data._entities[102].identities).toHaveLength(
      people.filter(({ email }) => email?.toLowerCase() === 'ana.silva@example.com').length,
    )
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it.each([
    ['both directions', { first: 1, last: 1 }],
    ['a bound of the other direction', { first: 1, before: 'x' }],
    ['less than nothing', { last: -1 }],
    ['too many', { last: 501 }],
    ['a malformed cursor', { after: 'nonsense' }],
    ['an empty cursor', { last: 3, before: '' }],
    // A hundred of them kept the slow reader busy for minutes; a thousand were answered with DIRECTORY_NOT_READY.
    ['a search of too many words', { filter: { search: 'a b c d e f g h i j k' } }],
    ['an address of nothing', { filter: { email: ' ' } }],
  ])('refuses %s', async (_name, variables) => {
    expect(await codesOf(variables)).toEqual(['BAD_USER_INPUT'])
  })

  it('refuses a cursor of another filter or order, and goes on behind one whose account is gone', async () => {
    const { edges } = await page({ first: 3, orderBy: { field: 'NAME', direction: 'ASC' } })
    expect(await codesOf({ first: 3, after: edges[1].cursor })).toEqual(['BAD_USER_INPUT'])
    const other = { field: 'NAME', direction: 'DESC' }
    expect(await codesOf({ first: 3, after: edges[1].cursor, orderBy: other })).toEqual(['BAD_USER_INPUT'])
  })

  it('says of a page of nobody what lies around it', async () => {
    const all = everybody()
    const nobody = await page({ first: 0 })
    expect(nobody).toMatchObject({ edges: [], totalCount: all.length })
    expect(nobody.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false, startCursor: null })
    const { edges } = await page({ last: 1 })
    const behind = await page({ first: 5, after: edges[0].cursor })
    expect([behind.edges, behind.pageInfo.hasNextPage, behind.pageInfo.hasPreviousPage]).toEqual([[], false, true])
    expect((await page({ last: 0, before: edges[0].cursor })).pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: true,
    })
    const first = (await page({ first: 1 })).edges[0].cursor
    expect((await page({ last: 5, before: first })).pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: false,
    })
    expect((await page({ last: 5, after: edges[0].cursor })).pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
    })
  })
})
