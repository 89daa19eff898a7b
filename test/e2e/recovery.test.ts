import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startSubgraph, upstreamCalls, type Subgraph } from './subgraph.ts'

const LIST = 'GET /asset-management/v1/site-partner-users'
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { id email role } } }'

let subgraph: Subgraph
/** A server that has learned nothing yet, but has a token. */
async function begin(deadlineMs: number): Promise<void> {
  await subgraph?.close()
  subgraph = await startSubgraph({ timing: { deadlineMs, attemptTimeoutMs: 15_000 } })
  await subgraph.ask('{ identities(first: 0, filter: { source: SITE_PARTNER }) { complete } }')
  subgraph.simulator.sitePartner.calls.reset()
}
beforeEach(async () => begin(15_000))
afterAll(() => subgraph.close())

const legacyId = (index: number): string => `legacy:${subgraph.simulator.legacy.people.list()[index]?.user_id}`
const sitePartnerId = (index: number): string =>
  `site-partner:${subgraph.simulator.sitePartner.people.list()[index]?.id}`
const entities = (ids: readonly string[]): Promise<any> =>
  subgraph.ask(ENTITIES, { r: ids.map((id) => ({ __typename: 'Identity', id })) })
const idsOf = (answer: any): unknown[] => answer.data._entities.map((entity: any) => entity?.id ?? null)

describe('a SITE_PARTNER batch of which a part fails', () => {
  // One page that failed took down everybody of the batch, also those that had been found on the pages before.
  it('gives whom it found, and an error for the others only', async () => {
    const ids = [sitePartnerId(1), sitePartnerId(5), sitePartnerId(250), sitePartnerId(750)]
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 500, endpoint: LIST, skip: 4 })
    const answer = await entities(ids)
    expect(idsOf(answer)).toEqual([...ids.slice(0, 3), null])
    expect(answer.errors).toMatchObject([{ path: ['_entities', 3], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }])
  })

  it('is found at last when its time is up again and again', async () => {
    // Long enough for four pages on a busy machine: only what hangs runs into it.
    await begin(2_000)
    const id = sitePartnerId(950)
    const { faults, calls } = subgraph.simulator.sitePartner
    for (let round = 0; round < 2; round++) {
      faults.add({ kind: 'hang', endpoint: LIST, skip: 4 })
      const answer = await entities([id])
      expect(answer.errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED', retryable: true } }])
      faults.clear()
    }
    calls.reset()
    expect(idsOf(await entities([id]))).toEqual([id])
    // Four pages were read in each round, so the last two are left.
    expect(calls.count()).toBe(2)
  })

  it('is looked up together with others who came a little later', async () => {
    const { faults } = subgraph.simulator.sitePartner
    faults.add({ kind: 'hold', endpoint: LIST, skip: 3, times: 1 })
    const first = entities([sitePartnerId(990)])
    await faults.whenHeld(1)
    const before = subgraph.received()
    const others = Array.from({ length: 10 }, () => entities([sitePartnerId(980)]))
    await subgraph.whenReceived(before + 10)
    await subgraph.ask('{ identitySources { state } }')
    faults.release()
    for (const answer of await Promise.all([first, ...others])) expect(answer.errors).toBeUndefined()
    expect(upstreamCalls(subgraph)).toBeLessThanOrEqual(10)
  })

  it('finds somebody new behind the end that was known, with one call', async () => {
    await subgraph.ask('{ identityHolder(email: "nobody@example.com") { email } }')
    const { id } = subgraph.simulator.sitePartner.people.insert({ email: 'new@example.com' })
    subgraph.simulator.sitePartner.calls.reset()
    expect(idsOf(await entities([`site-partner:${id}`]))).toEqual([`site-partner:${id}`])
    expect(subgraph.simulator.sitePartner.calls.count()).toBe(1)
  })
})

describe('a list that an upstream loses its place in', () => {
  // "Nothing more" was taken for the end, although the upstream only did not know the row any more.
  it.each(['empty', 'bad-request', 'not-found'] as const)('is swept to its end: %s', async (unknownCursor) => {
    const { sitePartner } = subgraph.simulator
    sitePartner.switches.unknownCursor = unknownCursor
    const wanted = sitePartnerId(450)
    sitePartner.faults.add({ kind: 'hold', endpoint: LIST, skip: 1, times: 1, after: true })
    const answer = entities([wanted])
    await sitePartner.faults.whenHeld(1)
    sitePartner.people.remove(String(sitePartner.people.list()[199]?.id))
    sitePartner.faults.release()
    expect(idsOf(await answer)).toEqual([wanted])
  })
})

describe('freshness', () => {
  it('under no-cache is not that of a call that was under way', async () => {
    const { legacy } = subgraph.simulator
    const [id, userId] = [legacyId(0), String(legacy.people.list()[0]?.user_id)]
    legacy.faults.add({ kind: 'hold', times: 1, after: true })
    const earlier = entities([id])
    await legacy.faults.whenHeld(1)
    legacy.people.update(userId, { email: 'changed@example.com' })
    const query = `{ identity(id: "${id}") { email } }`
    const fresh = await subgraph.ask(query, {}, { 'cache-control': 'no-cache' })
    expect(fresh.data.identity.email).toBe('changed@example.com')
    legacy.faults.release()
    expect((await earlier).data._entities[0].email).toBe('ana.silva@example.com')
  })

  // The half that had been read to its end was used again for as long as the other half failed.
  it('of a holder is not that of a list read for an earlier request', async () => {
    const { legacy, sitePartner } = subgraph.simulator
    const query = '{ identityHolder(email: "newcomer@example.com") { identities { id } } }'
    sitePartner.faults.add({ kind: 'status', status: 500, endpoint: LIST })
    expect((await subgraph.ask(query)).errors).toHaveLength(1)
    sitePartner.faults.clear()
    legacy.people.insert({ email: 'newcomer@example.com' })
    expect((await subgraph.ask(query)).data.identityHolder.identities).toHaveLength(1)
  })
})

describe('what was being read when an answer went out', () => {
  // One source failed at once and the answer was sent; the other list went on being read, to its end.
  it('is broken off', async () => {
    const { legacy, sitePartner } = subgraph.simulator
    legacy.faults.add({ kind: 'hold', endpoint: 'GET /user', skip: 1 })
    sitePartner.faults.add({ kind: 'hold', endpoint: LIST, times: 1 })
    sitePartner.faults.add({ kind: 'status', status: 500, endpoint: LIST })
    const answer = subgraph.ask('{ identityHolder(email: "nobody@example.com") { email } }')
    await Promise.all([legacy.faults.whenHeld(1), sitePartner.faults.whenHeld(1)])
    sitePartner.faults.release()
    expect((await answer).errors).toMatchObject([{ extensions: { source: 'SITE_PARTNER' } }])
    await expect.poll(() => legacy.calls.pending(), { timeout: 10_000 }).toBe(0)
    expect(legacy.calls.count()).toBe(2)
  })
})

describe('unusual ids', () => {
  it('that a walk gives out can be asked for', async () => {
    for (const id of ['auth0|5f7c21', 'Ünïcode-ID', 'a'.repeat(200), 'x+y=z@w,v;u!']) {
      subgraph.simulator.legacy.people.insert({ user_id: id, email: null }, 0)
      subgraph.simulator.sitePartner.people.insert({ id }, 0)
      const { data } = await subgraph.ask(
        '{ l: identities(first: 1) { nodes { id } } s: identities(first: 1, filter: { source: SITE_PARTNER }) { nodes { id } } }',
      )
      const ids = [data.l.nodes[0].id, data.s.nodes[0].id]
      expect(ids).toEqual([`legacy:${id}`, `site-partner:${id}`])
      expect(idsOf(await entities(ids))).toEqual(ids)
      const next = await subgraph.ask('{ identities(first: 1) { pageInfo { endCursor } } }')
      const after = next.data.identities.pageInfo.endCursor
      const behind = await subgraph.ask(
        'query ($after: String) { identities(first: 1, after: $after) { nodes { id } } }',
        { after },
      )
      expect(behind.errors).toBeUndefined()
    }
  })

  it('that cannot be asked for are shown, and what only a single answer has is an error, not null', async () => {
    subgraph.simulator.legacy.switches.rows = 'guide'
    subgraph.simulator.legacy.people.insert({ user_id: 'a/b', email: 'slash@example.com', role: 'admin' }, 0)
    const { data, errors } = await subgraph.ask('{ identities(first: 1) { nodes { id email role } } }')
    expect(data.identities.nodes).toEqual([{ id: 'legacy:a/b', email: 'slash@example.com', role: null }])
    expect(errors).toMatchObject([
      { path: ['identities', 'nodes', 0, 'role'], extensions: { code: 'UPSTREAM_INVALID_RESPONSE' } },
    ])
  })
})

describe('a walk whose place is lost', () => {
  it('says so under allowPartial as well', async () => {
    const { legacy } = subgraph.simulator
    const query =
      'query ($after: String) { identities(first: 3, after: $after, allowPartial: true) { complete pageInfo { endCursor } } }'
    const { data } = await subgraph.ask(query)
    // So many in front push all that the cursor remembers out of where it is looked for.
    for (let count = 0; count < 450; count++) legacy.people.insert({}, 0)
    const next = await subgraph.ask(query, { after: data.identities.pageInfo.endCursor })
    expect([next.data.identities, next.errors?.[0]?.extensions['code']]).toEqual([null, 'WALK_INTERRUPTED'])
  })
})

describe('one account under several aliases', () => {
  it('is looked up once for all that is wanted of it', async () => {
    subgraph.simulator.legacy.switches.rows = 'guide'
    await subgraph.ask('{ identities(first: 500) { nodes { id } } }')
    subgraph.simulator.legacy.calls.reset()
    const ids = Array.from({ length: 10 }, (_, index) => legacyId(index))
    const plain = ids.map((id, index) => `a${index}: identity(id: "${id}") { id }`)
    const more = ids.map((id, index) => `b${index}: identity(id: "${id}") { role timezone }`)
    const { errors } = await subgraph.ask(`{ ${[...plain, ...more].join(' ')} }`)
    expect(errors).toBeUndefined()
    expect(upstreamCalls(subgraph)).toBeLessThanOrEqual(10)
  })
})
