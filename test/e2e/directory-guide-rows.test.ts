import { afterEach, expect, it, vi } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { upstreamCalls, type Subgraph } from './subgraph.ts'
import { RARE, resetCalls, startUnsynced } from './synced.ts'
import { startWriting } from './writing.ts'

let subgraph: Subgraph
afterEach(() => subgraph.close())

/** By the guide, list rows have five fields; `createdAt`, `role` and the time of the last change are not among them. */
async function startSparse(poll: string, sweep = '100000'): Promise<void> {
  subgraph = await startUnsynced({
    simulator: { people: { legacy: 60, sitePartner: 30, shared: 10 } },
    variables: { POLL_INTERVAL_SECONDS: poll, SYNC_INTERVAL_SECONDS: sweep },
    prepare: ({ legacy }) => void (legacy.switches.rows = 'guide'),
  })
}

it('a field that is asked for is read once, and remembered', async () => {
  await startSparse('100000')
  const { legacy } = subgraph.simulator
  await subgraph.whenSynced()
  resetCalls(subgraph)
  const ids = legacy.people
    .list()
    .slice(0, 5)
    .map(({ user_id }) => `legacy:${user_id}`)
  const ask = async (fields: string) => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { ${fields} } } }`
    const representations = ids.map((id) => ({ __typename: 'Identity', id }))
    return (await subgraph.ask(query, { r: representations })).data._entities
  }
  expect((await ask('id email status')).map(({ id }: { id: string }) => id)).toEqual(ids)
  expect(upstreamCalls(subgraph)).toBe(0)
  await ask('role createdAt')
  expect(legacy.calls.byEndpoint()).toEqual({ 'GET /user/{user_id}': 5 })
  await vi.waitFor(async () => {
    resetCalls(subgraph)
    const roles = (await ask('role')).map(({ role }: { role: string }) => role)
    expect(roles).toEqual(
      legacy.people
        .list()
        .slice(0, 5)
        .map(({ role }) => role),
    )
    expect(upstreamCalls(subgraph)).toBe(0)
  }, 10_000)
})

it('nobody is filtered or ordered by a field that some may have and nobody has asked for yet', async () => {
  await startSparse('100000')
  await subgraph.whenSynced()
  const code = async (args: string) =>
    (await subgraph.ask(`{ identities(${args}) { totalCount } }`)).errors?.[0]?.extensions['code'] ?? 'answered'
  expect(await code('filter: { role: "admin" }')).toBe('DIRECTORY_NOT_READY')
  expect(await code('orderBy: { field: CREATED_AT, direction: ASC }')).toBe('DIRECTORY_NOT_READY')
  expect(await code('orderBy: { field: NAME, direction: ASC }')).toBe('answered')
  expect(await code('orderBy: { field: CREATED_AT, direction: ASC }, filter: { source: SITE_PARTNER }')).toBe(
    'answered',
  )
  // What needs no field that is lacking is answered from the directory all the same.
  resetCalls(subgraph)
  const { data } = await subgraph.ask('{ identityHolder(email: "ana.silva@example.com") { identities { id } } }')
  expect([data.identityHolder.identities.length > 0, upstreamCalls(subgraph)]).toEqual([true, 0])
})

it('and all of it works once they have been asked for, in the background', async () => {
  await startSparse('1')
  const { legacy } = subgraph.simulator
  await subgraph.whenSynced()
  await vi.waitFor(
    async () => {
      const { data } = await subgraph.ask('{ identities(filter: { role: "standard" }) { totalCount } }')
      const standard = legacy.people.list().filter(({ role }) => role === 'standard')
      expect(data.identities?.totalCount).toBe(standard.length)
    },
    { timeout: 15_000, interval: 200 },
  )
  resetCalls(subgraph)
})

const ROLES = '{ identities(filter: { source: LEGACY, role: "standard" }, first: 100) { totalCount } }'
const countRoles = async (headers?: Record<string, string>) => {
  const { data, errors } = await subgraph.ask(ROLES, {}, headers)
  return errors?.[0]?.extensions['code'] ?? data.identities.totalCount
}

it('a field that lists do not carry is read again when it is old, and never passes for younger than it is', async () => {
  await startSparse('1', '1')
  const { people } = subgraph.simulator.legacy
  await vi.waitFor(async () => expect(await countRoles()).toBeGreaterThan(0), { timeout: 15_000, interval: 200 })
  const [person, another] = people.list().filter(({ role }) => role === 'standard')
  const before = await countRoles()
  const id = `legacy:${person?.user_id}`
  const role = async (headers?: Record<string, string>) => {
    const { data } = await subgraph.ask(`{ identity(id: "${id}") { role email } }`, {}, headers)
    return data.identity.role
  }
  await subgraph.whenSynced('LEGACY')
  people.update(person?.user_id ?? '', { role: 'admin' })
  expect(await role()).toBe('standard')
  // The sweep is of now, the roles are not: they are what this goes by.
  await subgraph.whenSynced('LEGACY')
  expect(await countRoles({ 'cache-control': 'max-age=0' })).toBe('DIRECTORY_NOT_READY')
  expect(await countRoles({ 'cache-control': 'no-cache' })).toBe('DIRECTORY_NOT_READY')
  expect(await role({ 'cache-control': 'max-age=0' })).toBe('admin')
  // And without anybody asking for it, ten sweeps later.
  people.update(another?.user_id ?? '', { role: 'admin' })
  await vi.waitFor(async () => expect(await countRoles()).toBe(before - 2), { timeout: 30_000, interval: 500 })
}, 60_000)

it('nothing is asked for account by account where lists carry everything', async () => {
  subgraph = await startUnsynced({
    simulator: { people: { legacy: 60, sitePartner: 30, shared: 10 } },
    variables: { POLL_INTERVAL_SECONDS: '1', SYNC_INTERVAL_SECONDS: '1' },
  })
  const { calls } = subgraph.simulator.legacy
  await subgraph.whenSynced()
  const lists = calls.count('GET /user')
  await vi.waitFor(() => expect(calls.count('GET /user')).toBeGreaterThan(lists + 20), { timeout: 30_000 })
  expect(calls.count('GET /user/{user_id}')).toBe(0)
  expect(await countRoles({ 'cache-control': 'max-age=60' })).toBeGreaterThan(0)
})

it('a list of an audit shows what a write did of which nobody knows what became of it', async () => {
  const writing = await startWriting({
    variables: { DIRECTORY: 'temporary', ...RARE },
    prepare: ({ legacy }) => void (legacy.switches.rows = 'guide'),
  })
  subgraph = writing
  await subgraph.whenSynced()
  const { user_id, role } = KNOWN_PEOPLE.ana.legacy
  const id = `legacy:${user_id}`
  expect((await subgraph.ask(`{ identity(id: "${id}") { role } }`)).data.identity).toEqual({ role })
  const { faults } = subgraph.simulator.legacy
  faults.add({ kind: 'drop-after', endpoint: 'PUT /user/{user_id}' })
  faults.add({ kind: 'drop', endpoint: 'GET /user/{user_id}', skip: 1 })
  expect((await writing.write('updateIdentity', { id, role: 'unseen' })).outcome).toBe('UNKNOWN')
  faults.clear()
  const audit = async (fields: string) =>
    subgraph.ask(`{ identityAudit(input: { activeEmails: [], sources: [LEGACY] }) { ${fields} } }`)
  await audit('orphanCount')
  // The sweep that this waited for has shown what list rows carry, and that alone is known of the account.
  resetCalls(subgraph)
  expect((await subgraph.ask(`{ identity(id: "${id}") { status } }`)).data.identity).toEqual({ status: 'ACTIVE' })
  expect(upstreamCalls(subgraph)).toBe(0)
  const { data } = await audit('orphans { id role }')
  expect(data.identityAudit.orphans.find((each: { id: string }) => each.id === id)).toEqual({ id, role: 'unseen' })
})
