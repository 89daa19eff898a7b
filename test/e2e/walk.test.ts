import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { everyId, startOver, startSubgraph, upstreamCalls, type Subgraph } from './subgraph.ts'

const WALK = `query Walk($first: Int, $after: String, $filter: IdentityFilter, $allowPartial: Boolean) {
  identities(first: $first, after: $after, filter: $filter, allowPartial: $allowPartial) {
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount complete sources { source state code }
  }
}`

let subgraph: Subgraph
beforeAll(async () => void (subgraph = await startSubgraph()))
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

async function page(variables: Record<string, unknown>, { ask }: Subgraph = subgraph): Promise<any> {
  const { data, errors } = await ask(WALK, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data.identities
}

/** @returns the ids in the order in which they came, and the largest number of calls that a page took. */
async function walk(variables: Record<string, unknown> & { first: number }, between?: (pages: number) => void) {
  const ids: string[] = []
  let after: string | null = null
  let mostCalls = 0
  for (let pages = 1; ; pages++) {
    const before = upstreamCalls(subgraph)
    const connection = await page({ ...variables, after })
    mostCalls = Math.max(mostCalls, upstreamCalls(subgraph) - before)
    ids.push(...connection.edges.map((edge: any) => edge.node.id))
    if (!connection.pageInfo.hasNextPage) return { ids, mostCalls, pages }
    after = connection.pageInfo.endCursor
    between?.(pages)
  }
}

describe('the walk over 1,000 accounts in each source', () => {
  it('gives every identity once, LEGACY first, each source in its own order', async () => {
    const { ids, pages } = await walk({ first: 100 })
    expect(ids).toEqual(everyId(subgraph))
    expect(pages).toBe(20)
    // 32 can be had (design §5): a page and a look-ahead for LEGACY, a page for SITE_PARTNER.
    expect(upstreamCalls(subgraph)).toBeLessThanOrEqual(32)
  })

  it.each([7, 99, 500])('gives every identity once by pages of %i', async (first) => {
    const { ids } = await walk({ first })
    expect(ids).toEqual(everyId(subgraph))
  })

  it('takes two calls at most for a page of 50, and one where the look-ahead comes with it', async () => {
    const { mostCalls } = await walk({ first: 50 })
    expect(mostCalls).toBeLessThanOrEqual(2)
    subgraph.simulator.legacy.calls.reset()
    subgraph.simulator.sitePartner.calls.reset()
    await page({ first: 50 })
    expect(upstreamCalls(subgraph)).toBe(1)
  })

  it('misses nobody and repeats nobody while rows are deleted and inserted', async () => {
    const { legacy, sitePartner } = subgraph.simulator
    const gone = new Set<string>()
    const { ids } = await walk({ first: 100 }, (pages) => {
      for (const index of [pages * 3, pages * 40, 5]) {
        const person = legacy.people.list()[index]
        if (person && legacy.people.remove(person.user_id)) gone.add(`legacy:${person.user_id}`)
      }
      legacy.people.insert({}, pages + 100)
      sitePartner.people.insert({}, pages * 50)
    })
    expect(new Set(ids).size).toBe(ids.length)
    const served = new Set(ids)
    const original = await originalIds()
    expect(original.filter((id) => !gone.has(id) && !served.has(id))).toEqual([])
  })

  async function originalIds(): Promise<string[]> {
    subgraph.simulator.reset()
    return everyId(subgraph)
  }

  it('goes on behind a cursor whose row has gone', async () => {
    const first = await page({ first: 10 })
    const last = first.edges.at(-1).node.id
    subgraph.simulator.legacy.people.remove(last.replace('legacy:', ''))
    const expected = everyId(subgraph).slice(9, 19)
    const next = await page({ first: 10, after: first.pageInfo.endCursor })
    expect(next.edges.map((edge: any) => edge.node.id)).toEqual(expected)
  })

  it('goes on behind any edge of a page', async () => {
    const { edges } = await page({ first: 60, filter: null })
    for (const index of [0, 1, 30, 58]) {
      const next = await page({ first: 2, after: edges[index].cursor })
      expect(next.edges.map((edge: any) => edge.node.id)).toEqual(everyId(subgraph).slice(index + 1, index + 3))
      expect(next.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
    }
  })

  it('filters by source', async () => {
    const { ids } = await walk({ first: 300, filter: { source: 'SITE_PARTNER' } })
    expect(ids).toEqual(everyId(subgraph).slice(1_000))
    expect(subgraph.simulator.legacy.calls.count()).toBe(0)
  })
})

describe('the edges of pages', () => {
  it.each([
    { legacy: 5, sitePartner: 5, first: 10, expected: [10] },
    { legacy: 5, sitePartner: 5, first: 5, expected: [5, 5] },
    { legacy: 5, sitePartner: 5, first: 9, expected: [9, 1] },
    { legacy: 3, sitePartner: 2, first: 1, expected: [1, 1, 1, 1, 1] },
    { legacy: 5, sitePartner: 0, first: 5, expected: [5] },
    { legacy: 0, sitePartner: 3, first: 2, expected: [2, 1] },
    { legacy: 0, sitePartner: 0, first: 5, expected: [0] },
    { legacy: 100, sitePartner: 100, first: 100, expected: [100, 100] },
    { legacy: 200, sitePartner: 1, first: 200, expected: [200, 1] },
  ])('$legacy and $sitePartner by $first is $expected', async ({ legacy, sitePartner, first, expected }) => {
    const small = await startSubgraph({ simulator: { people: { legacy, sitePartner, shared: 0 } } })
    const sizes: number[] = []
    let after: string | null = null
    do {
      const connection: any = await page({ first, after }, small)
      sizes.push(connection.edges.length)
      after = connection.pageInfo.hasNextPage ? connection.pageInfo.endCursor : null
    } while (after !== null)
    expect(sizes).toEqual(expected)
    const emptyOnly = await page({ first: 0 }, small)
    expect(emptyOnly).toMatchObject({ edges: [], totalCount: null, complete: true })
    expect(emptyOnly.pageInfo).toEqual({
      hasNextPage: legacy + sitePartner > 0,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    })
    await small.close()
  })

  it('gives 25 where first is left out or null', async () => {
    expect((await page({})).edges).toHaveLength(25)
    expect((await page({ first: null })).edges).toHaveLength(25)
  })

  it('takes no notice of what a legacy answer says its count is', async () => {
    subgraph.simulator.legacy.switches.count = 'total'
    const { ids } = await walk({ first: 100 })
    expect(ids).toEqual(everyId(subgraph))
  })
})
