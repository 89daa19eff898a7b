import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE, type LegacyPerson } from '../simulator/simulator.ts'
import { upstreamCalls } from './subgraph.ts'
import { resetCalls } from './synced.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

const RARE = { SYNC_INTERVAL_SECONDS: '100000', POLL_INTERVAL_SECONDS: '100000' }

let subgraph: WritingSubgraph
beforeAll(async () => {
  subgraph = await startWriting({ variables: { DIRECTORY: 'temporary', ...RARE } })
  await subgraph.whenSynced()
})
afterAll(() => subgraph.close())

const holderIds = async (email: string): Promise<string[]> => {
  const query = 'query ($email: String!) { identityHolder(email: $email) { identities { id } } }'
  const { data, errors } = await subgraph.ask(query, { email })
  expect(errors).toBeUndefined()
  return data.identityHolder?.identities.map(({ id }: { id: string }) => id) ?? []
}
const found = async (filter: Record<string, unknown>): Promise<string[]> => {
  const query = 'query ($filter: IdentityFilter) { identities(filter: $filter, first: 500) { nodes { id } } }'
  const { data, errors } = await subgraph.ask(query, { filter })
  expect(errors).toBeUndefined()
  return data.identities.nodes.map(({ id }: { id: string }) => id)
}

describe('a write', () => {
  it('shows at once, by address, by filter and in the total, and no call is made for it', async () => {
    const input = { email: 'New.One@example.com', firstName: 'New', lastName: 'One', role: 'analyst' }
    const { outcome, identity } = await subgraph.write('provisionLegacyIdentity', input)
    expect(outcome).toBe('APPLIED')
    resetCalls(subgraph)
    expect(await holderIds('new.one@example.com')).toEqual([identity.id])
    expect(await found({ role: 'analyst' })).toEqual([identity.id])
    expect(upstreamCalls(subgraph)).toBe(0)

    await subgraph.write('updateIdentity', { id: identity.id, email: 'renamed@example.com' })
    resetCalls(subgraph)
    expect([await holderIds('new.one@example.com'), await holderIds('renamed@example.com')]).toEqual([
      [],
      [identity.id],
    ])
    await subgraph.write('deactivateIdentity', { id: identity.id })
    expect(await found({ status: ['INACTIVE'], source: 'LEGACY', role: 'analyst' })).toEqual([identity.id])
    await subgraph.write('deleteIdentity', { id: identity.id, confirmEmail: 'renamed@example.com' })
    resetCalls(subgraph)
    expect([await holderIds('renamed@example.com'), await found({ role: 'analyst' })]).toEqual([[], []])
    const { data } = await subgraph.ask(`{ identity(id: "${identity.id}") { id } }`)
    expect([data.identity, upstreamCalls(subgraph)]).toEqual([null, 0])
  })

  it('of SITE_PARTNER too', async () => {
    const id = `site-partner:${KNOWN_PEOPLE.ana.sitePartner.id}`
    await subgraph.write('updateIdentity', { id, firstName: 'Zyx' })
    expect(await found({ search: 'zyx' })).toEqual([id])
    await subgraph.write('deactivateIdentity', { id })
    expect(await found({ status: ['ARCHIVED'] })).toContain(id)
  })

  it('shows to what is read after it in the same request', async () => {
    const id = `legacy:${KNOWN_PEOPLE.ana.legacy.user_id}`
    const update = (alias: string, lastName: string): string =>
      `${alias}: updateIdentity(input: { id: "${id}", lastName: "${lastName}" }) { identity { holder { identities { id lastName } } } }`
    const { data } = await subgraph.ask(`mutation { ${update('first', 'One')} ${update('second', 'Two')} }`)
    const shown = [data.first, data.second].map(({ identity }) =>
      identity.holder.identities.find((each: { id: string }) => each.id === id),
    )
    expect(shown).toEqual([
      { id, lastName: 'One' },
      { id, lastName: 'Two' },
    ])
  })

  it('is not undone by a sweep that had read the account before', async () => {
    const { legacy } = subgraph.simulator
    const { ana } = KNOWN_PEOPLE
    legacy.faults.add({ kind: 'hold', endpoint: 'GET /user', after: true, times: 1 })
    const synced = subgraph.whenSynced('LEGACY')
    await legacy.faults.whenHeld()
    const id = `legacy:${ana.legacy.user_id}`
    expect((await subgraph.write('updateIdentity', { id, role: 'overtaken' })).outcome).toBe('APPLIED')
    legacy.faults.release()
    await synced
    expect(await found({ role: 'overtaken' })).toEqual([id])
  })

  it('of which nobody knows what became of it makes the source be read again', async () => {
    const { legacy } = subgraph.simulator
    const { user_id } = legacy.people.list().at(-1) as LegacyPerson
    // The change is made, but neither its answer nor any reading after it arrives.
    legacy.faults.add({ kind: 'drop-after', endpoint: 'PUT /user/{user_id}' })
    legacy.faults.add({ kind: 'drop', endpoint: 'GET /user/{user_id}', skip: 1 })
    const id = `legacy:${user_id}`
    expect((await subgraph.write('updateIdentity', { id, firstName: 'Unseen' })).outcome).toBe('UNKNOWN')
    legacy.faults.clear()
    expect(legacy.people.get(user_id)?.firstname).toBe('Unseen')
    resetCalls(subgraph)
    const { data } = await subgraph.ask(`{ identity(id: "${id}") { firstName } }`)
    expect([data.identity.firstName, legacy.calls.count('GET /user/{user_id}')]).toEqual(['Unseen', 1])
    expect(await found({ search: 'unseen' })).toEqual([id])
    resetCalls(subgraph)
    expect(await found({ search: 'unseen' })).toEqual([id])
    expect(upstreamCalls(subgraph)).toBe(0)
  })
})
