import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../simulator/simulator.ts'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startSubgraph, type Answer, type Subgraph } from './subgraph.ts'

const LIST = 'GET /asset-management/v1/site-partner-users'
const ALL = 'id email firstName lastName displayName status sourceStatus role timezone createdAt updatedAt asOf'
const { ana, chiara } = KNOWN_PEOPLE
const ANA = `legacy:${ana.legacy.user_id}`
const ANA_THERE = `site-partner:${ana.sitePartner.id}`

let subgraph: Subgraph
beforeEach(async () => {
  subgraph = await startSubgraph({
    simulator: { people: { legacy: 30, sitePartner: 30, shared: 10 } },
    timing: { attemptTimeoutMs: 300 },
  })
})
afterEach(() => subgraph.close())

const byId = (id: string, fields = ALL, headers = {}): Promise<Answer> =>
  subgraph.ask(`query ($id: ID!) { identity(id: $id) { ${fields} } }`, { id }, headers)
const breakLegacy = (fault: Fault = { kind: 'status', status: 503 }): void =>
  subgraph.simulator.legacy.faults.add(fault)
const codes = (answer: Answer): unknown[] => (answer.errors ?? []).map(({ extensions }) => extensions['code'])

describe('an account that was read before', () => {
  it.each<[string, Fault]>([
    ['fails', { kind: 'status', status: 503 }],
    ['is not there', { kind: 'drop' }],
    ['throttles', { kind: 'throttle' }],
    ['hangs', { kind: 'hang' }],
    ['breaks its contract', { kind: 'not-json' }],
  ])('is given as it was then, and says so, while its upstream %s', async (_name, fault) => {
    const before = await byId(ANA)
    subgraph.simulator.legacy.people.update(ana.legacy.user_id, { email: 'changed@example.com' })
    breakLegacy(fault)
    expect(await byId(ANA)).toEqual(before)
    subgraph.simulator.legacy.faults.clear()
    const healthy = await byId(ANA)
    expect(healthy.data.identity.email).toBe('changed@example.com')
    expect(healthy.data.identity.asOf > before.data.identity.asOf).toBe(true)
  })

  it('is given in every read by id, in both sources', async () => {
    const query = `query ($r: [_Any!]!) {
      a: identityBySource(source: LEGACY, sourceId: "${ana.legacy.user_id}") { ${ALL} }
      b: identity(id: "${ANA_THERE}") { ${ALL} partner { id } }
      _entities(representations: $r) { ... on Identity { ${ALL} } }
    }`
    const r = [ANA, ANA_THERE].map((id) => ({ __typename: 'Identity', id }))
    const before = await subgraph.ask(query, { r })
    expect(before.errors).toBeUndefined()
    breakLegacy()
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 500, endpoint: LIST })
    expect(await subgraph.ask(query, { r })).toEqual(before)
  })

  it('is given when the time of the request is up', async () => {
    const hasty = await startSubgraph({ timing: { deadlineMs: 400, attemptTimeoutMs: 10_000 } })
    const ask = (): Promise<Answer> => hasty.ask(`{ identity(id: "${ANA}") { asOf email } }`)
    const before = await ask()
    hasty.simulator.legacy.faults.add({ kind: 'hang' })
    expect([before.errors, await ask()]).toEqual([undefined, before])
    await hasty.close()
  })

  it('spoils nothing for others of the batch, and the others nothing for it', async () => {
    await byId(ANA)
    breakLegacy({ kind: 'status', status: 500 })
    const ids = [ANA, `legacy:${chiara.legacy.user_id}`, ANA_THERE]
    const answer = await subgraph.ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { id } } }',
      { r: ids.map((id) => ({ __typename: 'Identity', id })) },
    )
    expect(answer.data._entities).toEqual([{ id: ids[0] }, null, { id: ids[2] }])
    expect(answer.errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }])
  })
})

describe('nothing but the error is given', () => {
  it.each([
    ['under no-cache', 'no-cache'],
    ['under max-age=0', 'max-age=0'],
  ])('%s', async (_name, cacheControl) => {
    await byId(ANA)
    breakLegacy()
    expect(codes(await byId(ANA, ALL, { 'cache-control': cacheControl }))).toEqual(['UPSTREAM_UNAVAILABLE'])
    expect(codes(await byId(ANA, ALL, { 'cache-control': 'max-age=300' }))).toEqual([])
  })

  it('where our keys are refused', async () => {
    await byId(ANA)
    breakLegacy({ kind: 'status', status: 403 })
    expect(codes(await byId(ANA))).toEqual(['UPSTREAM_UNAUTHORIZED'])
  })

  it('of whom the source last said that there is nobody', async () => {
    await byId(ANA)
    await byId(ANA_THERE)
    subgraph.simulator.legacy.people.remove(ana.legacy.user_id)
    subgraph.simulator.sitePartner.people.remove(ana.sitePartner.id)
    expect([await byId(ANA), await byId(ANA_THERE)]).toMatchObject([
      { data: { identity: null } },
      { data: { identity: null } },
    ])
    breakLegacy()
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 500, endpoint: LIST })
    expect([codes(await byId(ANA)), codes(await byId(ANA_THERE))]).toEqual([
      ['UPSTREAM_UNAVAILABLE'],
      ['UPSTREAM_UNAVAILABLE'],
    ])
  })

  it('to who looks for an address, or walks', async () => {
    const holder = '{ identityHolder(email: "ana.silva@example.com") { identities { id } } }'
    const walk = '{ identities(first: 3) { nodes { id } } }'
    expect([codes(await subgraph.ask(holder)), codes(await subgraph.ask(walk))]).toEqual([[], []])
    breakLegacy()
    expect([codes(await subgraph.ask(holder)), codes(await subgraph.ask(walk))]).toEqual([
      ['UPSTREAM_UNAVAILABLE'],
      ['UPSTREAM_UNAVAILABLE'],
    ])
  })
})

describe('rows of lists', () => {
  beforeEach(() => void (subgraph.simulator.legacy.switches.rows = 'guide'))

  it('count as read, for the fields that they have', async () => {
    await subgraph.ask('{ identities(first: 5) { nodes { id } } }')
    breakLegacy()
    const { data, errors } = await byId(ANA, 'email')
    expect([data, errors]).toEqual([{ identity: { email: ana.legacy.email } }, undefined])
    expect(await byId(ANA, 'email role')).toMatchObject({ data: { identity: null }, errors: [{}] })
  })

  it('are not waited for where a single answer had no more either', async () => {
    subgraph.simulator.legacy.switches.detail = 'sparse'
    const before = await byId(ANA)
    expect(before.data.identity.role).toBeNull()
    // One that is not made again.
    breakLegacy({ kind: 'status', status: 418 })
    subgraph.simulator.legacy.calls.reset()
    expect(await byId(ANA, `${ALL} locale`)).toMatchObject(before)
    expect(subgraph.simulator.legacy.calls.count()).toBe(1)
  })

  it('leave what a single answer had, as long as they say the same', async () => {
    const before = await byId(ANA)
    await subgraph.ask('{ identities(first: 5) { nodes { id } } }')
    breakLegacy()
    expect(await byId(ANA)).toEqual(before)
    subgraph.simulator.legacy.faults.clear()
    subgraph.simulator.legacy.people.update(ana.legacy.user_id, { email: 'changed@example.com' })
    await subgraph.ask('{ identities(first: 5) { nodes { id } } }')
    breakLegacy()
    // What is known to have changed is not given, and two readings are not mixed.
    expect(codes(await byId(ANA))).toEqual(['UPSTREAM_UNAVAILABLE'])
    expect((await byId(ANA, 'email')).data.identity.email).toBe('changed@example.com')
  })

  it('are completed with what was read before, and are then as old as that', async () => {
    const before = await byId(ANA)
    breakLegacy({ kind: 'status', status: 500, endpoint: 'GET /user/{user_id}' })
    const { data, errors } = await subgraph.ask(
      '{ a: identities(first: 1) { nodes { asOf email role } } b: identities(first: 2) { nodes { asOf email } } }',
    )
    expect(errors).toBeUndefined()
    const { asOf, email, role } = before.data.identity
    expect(data.a.nodes).toEqual([{ asOf, email, role }])
    expect(data.b.nodes[0].asOf > asOf).toBe(true)
  })
})
