import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startSubgraph, type Subgraph } from './subgraph.ts'

const LIST = 'GET /asset-management/v1/site-partner-users'
const ENTITIES = (fields: string): string =>
  `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { id ${fields} } } }`

let subgraph: Subgraph
// Each test begins with a server that has learned nothing yet, but has a token.
beforeEach(async () => {
  await subgraph?.close()
  subgraph = await startSubgraph({ timing: { deadlineMs: 15_000, attemptTimeoutMs: 2_000 } })
  await subgraph.ask('{ identities(first: 0, filter: { source: SITE_PARTNER }) { complete } }')
  subgraph.simulator.sitePartner.calls.reset()
})
afterAll(() => subgraph.close())

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index)
const legacyIds = (indexes: readonly number[]): string[] =>
  indexes.map((index) => `legacy:${subgraph.simulator.legacy.people.list()[index]?.user_id}`)
const sitePartnerIds = (indexes: readonly number[]): string[] =>
  indexes.map((index) => `site-partner:${subgraph.simulator.sitePartner.people.list()[index]?.id}`)
const entities = (ids: readonly string[], fields = '', headers = {}): Promise<any> =>
  subgraph.ask(ENTITIES(fields), { r: ids.map((id) => ({ __typename: 'Identity', id })) }, headers)
/** Else who was read a moment ago would be given as they were then. */
const LIVE = { 'cache-control': 'no-cache' }
const idsOf = (answer: any): unknown[] => answer.data._entities.map((entity: any) => entity?.id ?? null)
const codesOf = (answer: any): Set<unknown> => new Set((answer.errors ?? []).map((error: any) => error.extensions.code))

describe('a LEGACY batch whose list fails', () => {
  // Each account was then fetched alone: 200 calls for an upstream that had just asked for fewer.
  it.each([
    ['throttle', 'UPSTREAM_THROTTLED'],
    ['drop', 'UPSTREAM_UNAVAILABLE'],
  ] as const)('does not become a call for each account (%s)', async (kind, code) => {
    subgraph.simulator.legacy.faults.add({ kind })
    const answer = await entities(legacyIds(range(0, 200)))
    expect(codesOf(answer)).toEqual(new Set([code]))
    // Four calls, each made again twice at most.
    expect(subgraph.simulator.legacy.calls.count()).toBeLessThanOrEqual(12)
  })

  it('is fetched one by one where only the list hangs', async () => {
    subgraph.simulator.legacy.faults.add({ kind: 'hang', endpoint: 'GET /user' })
    const ids = legacyIds(range(0, 30))
    const answer = await entities(ids)
    expect(answer.errors).toBeUndefined()
    expect(idsOf(answer)).toEqual(ids)
  })

  it('is fetched one by one where few are left', async () => {
    const ids = legacyIds([...range(0, 15), 150, 250, 350, 450, 550])
    subgraph.simulator.legacy.faults.add({ kind: 'status', status: 500, endpoint: 'GET /user', skip: 1 })
    const answer = await entities(ids)
    expect(answer.errors).toBeUndefined()
    expect(idsOf(answer)).toEqual(ids)
  })
})

describe('a SITE_PARTNER batch with somebody who is nowhere', () => {
  it('reads the list once to know it', async () => {
    const answer = await entities(['site-partner:nobody', ...sitePartnerIds([3, 700])])
    expect(answer.errors).toBeUndefined()
    expect(idsOf(answer)).toEqual([null, ...sitePartnerIds([3, 700])])
    expect(subgraph.simulator.sitePartner.calls.count()).toBe(10)
  })

  it('finds whose place is known also when the pass through the list fails', async () => {
    const [known] = sitePartnerIds([950])
    await entities([String(known)])
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 500, endpoint: LIST, skip: 3, times: 3 })
    const answer = await entities(['site-partner:nobody', String(known)])
    expect(idsOf(answer)).toEqual([null, known])
    expect(answer.errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }])
  })

  // The pass through a long list uses up the time of the request, and whoever waited for it was lost with it.
  it('finds whose place is known before a long list is gone through', async () => {
    const long = await startSubgraph({
      simulator: { people: { legacy: 0, sitePartner: 2_500, shared: 0 } },
      timing: { deadlineMs: 1_500, attemptTimeoutMs: 5_000 },
    })
    const { people, faults } = long.simulator.sitePartner
    const known = `site-partner:${people.list()[2_300]?.id}`
    const ask = (ids: readonly string[]): Promise<any> =>
      long.ask(ENTITIES(''), { r: ids.map((id) => ({ __typename: 'Identity', id })) })
    // What the time does not allow in one request is gone on with by the next.
    await expect.poll(async () => idsOf(await ask([known])), { timeout: 15_000 }).toEqual([known])
    faults.add({ kind: 'hang', endpoint: LIST, skip: 1 })
    const answer = await ask(['site-partner:nobody', known])
    expect(idsOf(answer)).toEqual([null, known])
    expect(answer.errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'DEADLINE_EXCEEDED' } }])
    await long.close()
  })

  it('fails with what its page failed with, and asks no more for it', async () => {
    const ids = sitePartnerIds([10, 300, 600])
    await entities(ids)
    subgraph.simulator.sitePartner.calls.reset()
    subgraph.simulator.sitePartner.faults.add({ kind: 'throttle', endpoint: LIST })
    const answer = await entities(ids, '', LIVE)
    expect(codesOf(answer)).toEqual(new Set(['UPSTREAM_THROTTLED']))
    // Three pages, each asked for again twice at most.
    expect(subgraph.simulator.sitePartner.calls.count()).toBeLessThanOrEqual(9)
  })

  it('loses only those of the page that failed', async () => {
    const ids = sitePartnerIds([10, 300, 600])
    await entities(ids)
    // One that is not made again.
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 403, endpoint: LIST, times: 1 })
    const answer = await entities(ids)
    expect(idsOf(answer).filter((id) => id !== null)).toHaveLength(2)
    expect(answer.errors).toHaveLength(1)
  })
})

describe('what is wanted of sparse rows', () => {
  beforeEach(async () => {
    subgraph.simulator.legacy.switches.rows = 'guide'
    await subgraph.ask('{ identities(first: 100) { nodes { id } } }')
    subgraph.simulator.legacy.calls.reset()
  })

  const entitiesWith = (selection: string): string =>
    `query ($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`

  it.each([
    ['through a fragment', `${entitiesWith('...More')} fragment More on Identity { id role }`],
    [
      'through fragments in fragments',
      `${entitiesWith('... on Identity { id ...A }')} fragment A on Identity { ...B } fragment B on Identity { ... { role } }`,
    ],
    ['under an alias', entitiesWith('... on Identity { id what: role }')],
  ])('is seen %s, so that no page is read for nothing', async (_name, query) => {
    const ids = legacyIds(range(0, 20))
    const { errors } = await subgraph.ask(query, { r: ids.map((id) => ({ __typename: 'Identity', id })) })
    expect(errors).toBeUndefined()
    expect(subgraph.simulator.legacy.calls.byEndpoint()).toEqual({ 'GET /user/{user_id}': 20 })
  })

  it('is known of several aliases together, the plain one first', async () => {
    const ids = legacyIds(range(0, 10))
    const fields = ids.map(
      (id, index) => `a${index}: identity(id: "${id}") { id } b${index}: identity(id: "${id}") { role }`,
    )
    expect((await subgraph.ask(`{ ${fields.join(' ')} }`)).errors).toBeUndefined()
    expect(subgraph.simulator.legacy.calls.byEndpoint()).toEqual({ 'GET /user/{user_id}': 10 })
  })

  it('completes a row, and leaves alone what it carried', async () => {
    const userId = String(subgraph.simulator.legacy.people.list()[0]?.user_id)
    subgraph.simulator.legacy.faults.add({ kind: 'hold', endpoint: 'GET /user/{user_id}', times: 1 })
    const answer = subgraph.ask('{ identities(first: 1) { nodes { email role } } }')
    await subgraph.simulator.legacy.faults.whenHeld(1)
    subgraph.simulator.legacy.people.update(userId, { email: 'later@example.com', role: 'later' })
    subgraph.simulator.legacy.faults.release()
    expect((await answer).data.identities.nodes).toEqual([{ email: 'ana.silva@example.com', role: 'later' }])
  })
})

describe('the state of a source', () => {
  it('is not made worse by a request whose time was up', async () => {
    const hasty = await startSubgraph({ timing: { deadlineMs: 1_000 } })
    hasty.simulator.legacy.faults.add({ kind: 'hang', endpoint: 'GET /user', skip: 1 })
    await hasty.ask('{ identities(first: 1) { complete } }')
    expect((await hasty.ask('{ identities(first: 1) { complete } }')).errors).toMatchObject([
      { extensions: { code: 'DEADLINE_EXCEEDED' } },
    ])
    const { data } = await hasty.ask('{ identitySources { source state } }')
    expect(data.identitySources[0]).toEqual({ source: 'LEGACY', state: 'OK' })
    await hasty.close()
  })
})

describe('a walk whose first rows are all gone', () => {
  it('goes on with all who are left', async () => {
    const few = await startSubgraph({ simulator: { people: { legacy: 0, sitePartner: 9, shared: 0 } } })
    few.simulator.sitePartner.switches.unknownCursor = 'not-found'
    const query =
      'query ($after: String) { identities(first: 3, after: $after) { nodes { sourceId } pageInfo { endCursor } } }'
    const { data } = await few.ask(query)
    for (const { sourceId } of data.identities.nodes) few.simulator.sitePartner.people.remove(sourceId)
    const expected = few.simulator.sitePartner.people
      .list()
      .slice(0, 3)
      .map(({ id }) => id)
    const next = await few.ask(query, { after: data.identities.pageInfo.endCursor })
    expect(next.errors).toBeUndefined()
    expect(next.data.identities.nodes.map((node: any) => node.sourceId)).toEqual(expected)
    await few.close()
  })
})
