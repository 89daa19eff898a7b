import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startOver, startSubgraph, upstreamCalls, type Subgraph } from './subgraph.ts'

const ALL = 'id email firstName lastName displayName status sourceStatus role timezone locale createdAt updatedAt'

let subgraph: Subgraph
beforeAll(async () => void (subgraph = await startSubgraph()))
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

const { ana, chiara, mai } = KNOWN_PEOPLE

describe("list rows with the guide's five fields", () => {
  it('give the same answer as full rows, however the row was found', async () => {
    const query = `{
      identities(first: 6) { nodes { ${ALL} } }
      identity(id: "legacy:${ana.legacy.user_id}") { ${ALL} }
      identityHolder(email: "ana.silva@example.com") { identities { ${ALL} } }
    }`
    const full = await subgraph.ask(query)
    expect(full.errors).toBeUndefined()
    expect(full.data.identities.nodes[0]).toMatchObject({ role: 'standard', createdAt: expect.stringMatching(/Z$/) })
    subgraph.simulator.legacy.switches.rows = 'guide'
    expect(await subgraph.ask(query)).toEqual(full)
  })

  it('are completed by one call for each row, and only when a missing field is asked for', async () => {
    subgraph.simulator.legacy.switches.rows = 'guide'
    await subgraph.ask('{ identities(first: 50) { nodes { id email displayName status sourceStatus } } }')
    expect(upstreamCalls(subgraph)).toBe(1)
    subgraph.simulator.legacy.calls.reset()
    await subgraph.ask('{ identities(first: 50) { nodes { role timezone locale } edges { node { createdAt } } } }')
    expect(subgraph.simulator.legacy.calls.byEndpoint()).toEqual({ 'GET /user': 1, 'GET /user/{user_id}': 50 })
  })

  it('are not swept through for entities that want more than they carry', async () => {
    subgraph.simulator.legacy.switches.rows = 'guide'
    await subgraph.ask('{ identities(first: 1) { nodes { id } } }')
    subgraph.simulator.legacy.calls.reset()
    const people = subgraph.simulator.legacy.people.list().slice(0, 30)
    const representations = people.map(({ user_id }) => ({ __typename: 'Identity', id: `legacy:${user_id}` }))
    const query = (fields: string): string =>
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { ${fields} } } }`
    const { data } = await subgraph.ask(query('id role'), { r: representations })
    expect(data._entities.map((entity: any) => entity.role)).toEqual(people.map((person) => person.role))
    expect(subgraph.simulator.legacy.calls.byEndpoint()).toEqual({ 'GET /user/{user_id}': 30 })
    subgraph.simulator.legacy.calls.reset()
    await subgraph.ask(query('id email'), { r: representations })
    expect(subgraph.simulator.legacy.calls.byEndpoint()).toEqual({ 'GET /user': 1 })
  })

  it('leave null what the single answer does not carry either', async () => {
    subgraph.simulator.legacy.switches.rows = 'guide'
    subgraph.simulator.legacy.switches.detail = 'sparse'
    const { data, errors } = await subgraph.ask('{ identities(first: 1) { nodes { id role timezone createdAt } } }')
    expect(errors).toBeUndefined()
    expect(data.identities.nodes[0]).toMatchObject({ role: null, timezone: null, createdAt: null })
  })

  it('lose only the missing fields of the one row that cannot be completed', async () => {
    subgraph.simulator.legacy.switches.rows = 'guide'
    const path = `/user/${ana.legacy.user_id}`
    subgraph.simulator.legacy.faults.add({ kind: 'status', status: 500, path })
    const live = { 'cache-control': 'no-cache' }
    const { data, errors } = await subgraph.ask('{ identities(first: 3) { nodes { email role } } }', {}, live)
    expect(data.identities.nodes[0]).toEqual({ email: 'ana.silva@example.com', role: null })
    expect(data.identities.nodes[1].role).toBe('admin')
    expect(errors).toMatchObject([
      { path: ['identities', 'nodes', 0, 'role'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ])
  })
})

describe('dirty data', () => {
  it('is shown as it is: null names, no e-mail, unknown words', async () => {
    const { data } = await subgraph.ask(`{
      chiara: identity(id: "legacy:${chiara.legacy.user_id}") { firstName displayName status sourceStatus }
      mai: identity(id: "legacy:${mai.legacy.user_id}") { email holder { email } displayName }
    }`)
    expect(data.chiara).toEqual({
      firstName: null,
      displayName: null,
      status: 'UNKNOWN',
      sourceStatus: 'pending-review',
    })
    expect(data.mai).toMatchObject({ email: null, holder: null })
  })

  it('keeps an empty e-mail apart from none, and shows a malformed one', async () => {
    const { people } = subgraph.simulator.legacy
    people.update(ana.legacy.user_id, { email: '' })
    people.update(mai.legacy.user_id, { email: 'not an address' })
    const { data, errors } = await subgraph.ask(`{
      empty: identity(id: "legacy:${ana.legacy.user_id}") { email holder { email } }
      malformed: identity(id: "legacy:${mai.legacy.user_id}") { email holder { email identities { id } } }
    }`)
    expect(errors).toBeUndefined()
    expect(data.empty).toEqual({ email: '', holder: null })
    expect(data.malformed).toMatchObject({
      email: 'not an address',
      holder: { email: 'not an address', identities: [{}] },
    })
  })

  it('makes only its own field null when a date is none', async () => {
    subgraph.simulator.legacy.people.update(ana.legacy.user_id, { created_at: 'yesterday' })
    const { data, errors } = await subgraph.ask(
      `{ identity(id: "legacy:${ana.legacy.user_id}") { id createdAt updatedAt } }`,
    )
    expect(data.identity).toMatchObject({ createdAt: null, updatedAt: expect.any(String) })
    expect(errors).toMatchObject([
      { path: ['identity', 'createdAt'], extensions: { code: 'UPSTREAM_INVALID_RESPONSE' } },
    ])
    expect(JSON.stringify(errors)).not.toContain('yesterday')
  })

  it.each([
    ['numbers for ids', { numericIds: true }],
    ['wrapped members', { wrapped: true }],
    ["the vendor's timestamps", { timestamps: 'vendor' }],
  ] as const)('takes %s', async (_name, switches) => {
    Object.assign(subgraph.simulator.legacy.switches, switches)
    const { data, errors } = await subgraph.ask('{ identities(first: 3) { nodes { id sourceId createdAt } } }')
    expect(errors).toBeUndefined()
    expect(data.identities.nodes[0]).toEqual({
      id: expect.stringMatching(/^legacy:\w+$/),
      sourceId: expect.stringMatching(/^\w+$/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
    })
  })

  it('takes unknown fields at every level', async () => {
    const { legacy, sitePartner } = subgraph.simulator
    legacy.faults.add({ kind: 'unknown-fields' })
    sitePartner.faults.add({ kind: 'unknown-fields' })
    const { data, errors } = await subgraph.ask(`{
      legacy: identities(first: 2) { nodes { id } }
      sitePartner: identities(first: 2, filter: { source: SITE_PARTNER }) { nodes { id network { id } partner { id } } }
    }`)
    expect(errors).toBeUndefined()
    expect(data.legacy.nodes).toHaveLength(2)
    expect(data.sitePartner.nodes[0].partner.id).toBe(ana.sitePartner.partner.id)
  })

  it('shows archived accounts as ARCHIVED', async () => {
    const id = `site-partner:${KNOWN_PEOPLE.dmitri.sitePartner.id}`
    const { data } = await subgraph.ask(`{ identity(id: "${id}") { status sourceStatus email role holder { email } } }`)
    expect(data.identity).toEqual({ status: 'ARCHIVED', sourceStatus: null, email: null, role: null, holder: null })
  })
})
