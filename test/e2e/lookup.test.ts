import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startSubgraph, upstreamCalls, type Subgraph } from './subgraph.ts'

const ENTITIES = `query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Identity { id email status } ... on IdentityHolder { address: email identities { id } } }
}`

let subgraph: Subgraph
// Each test begins with a server that has learned nothing yet.
beforeEach(async () => {
  await subgraph?.close()
  subgraph = await startSubgraph()
  // A token, so that calls can be counted: one page that shows a single row.
  await subgraph.ask('{ identities(first: 0, filter: { source: SITE_PARTNER }) { complete } }')
  subgraph.simulator.sitePartner.calls.reset()
})
afterAll(() => subgraph.close())

const legacyIds = (indexes: readonly number[]): string[] =>
  indexes.map((index) => `legacy:${subgraph.simulator.legacy.people.list()[index]?.user_id}`)
const sitePartnerIds = (indexes: readonly number[]): string[] =>
  indexes.map((index) => `site-partner:${subgraph.simulator.sitePartner.people.list()[index]?.id}`)
const spread = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.floor((index * 999) / (count - 1)))

async function entities(ids: readonly unknown[]): Promise<any> {
  return subgraph.ask(ENTITIES, { representations: ids.map((id) => ({ __typename: 'Identity', id })) })
}

async function callsFor(work: () => Promise<unknown>): Promise<number> {
  const before = upstreamCalls(subgraph)
  await work()
  return upstreamCalls(subgraph) - before
}

describe('the call budget of look-ups (1,000 accounts in each source)', () => {
  it.each([
    ['20 LEGACY entities, spread over the list', () => legacyIds(spread(20)), 12, 10],
    ['20 LEGACY entities, close to each other', () => legacyIds(Array.from({ length: 20 }, (_, i) => 500 + i)), 12, 2],
    ['20 SITE_PARTNER entities, spread over the list', () => sitePartnerIds(spread(20)), 12, 10],
    [
      '20 SITE_PARTNER entities, close to each other',
      () => sitePartnerIds(Array.from({ length: 20 }, (_, i) => 500 + i)),
      12,
      1,
    ],
    ['one LEGACY entity', () => legacyIds([700]), 1, 1],
    ['one SITE_PARTNER entity', () => sitePartnerIds([950]), 10, 1],
    // Pages are read by fours, so two behind an end that is not known yet may be read for nothing.
    ['200 LEGACY entities', () => legacyIds(spread(200)), 12, 10],
  ])('%s', async (_name, ids, cold, warm) => {
    const wanted = ids()
    let answer: any
    expect(await callsFor(async () => (answer = await entities(wanted)))).toBeLessThanOrEqual(cold)
    expect(answer.errors).toBeUndefined()
    expect(answer.data._entities.map((entity: any) => entity.id)).toEqual(wanted)
    // What the first look-up taught is still only a hint: the second one asks the upstream, at the right place.
    expect(await callsFor(async () => (answer = await entities(wanted)))).toBeLessThanOrEqual(warm)
    expect(answer.data._entities.map((entity: any) => entity.id)).toEqual(wanted)
  })

  it('asks once for each of 10 ids under 20 aliases', async () => {
    const ids = legacyIds(spread(10))
    const fields = Array.from(
      { length: 20 },
      (_, index) => `a${index}: identity(id: "${ids[index % 10]}") { id email }`,
    )
    let answer: any
    expect(await callsFor(async () => (answer = await subgraph.ask(`{ ${fields.join(' ')} }`)))).toBeLessThanOrEqual(10)
    expect(Object.values(answer.data).map((identity: any) => identity.id)).toEqual([...ids, ...ids])
  })

  it.each([
    ['one identity', () => `{ identity(id: "${legacyIds([3])[0]}") { id } }`, 1],
    ['the first page', () => '{ identities(first: 50) { nodes { id } } }', 1],
    ['a holder', () => '{ identityHolder(email: "ana.silva@example.com") { identities { id } } }', 21],
  ])('20 equal requests at once for %s', async (_name, query, calls) => {
    const { legacy } = subgraph.simulator
    legacy.faults.add({ kind: 'hold', times: 1 })
    const before = subgraph.received()
    const answers = Array.from({ length: 20 }, () => subgraph.ask(query()))
    await Promise.all([legacy.faults.whenHeld(1), subgraph.whenReceived(before + 20)])
    // They have all arrived; when a later one is through, so are they, up to the call that is held.
    await subgraph.ask('{ identitySources { state } }')
    legacy.faults.release()
    const [first, ...others] = await Promise.all(answers)
    expect(first?.errors).toBeUndefined()
    for (const other of others) expect(other).toEqual(first)
    expect(upstreamCalls(subgraph)).toBeLessThanOrEqual(calls)
  })

  it('goes through both lists once for an e-mail address', async () => {
    const query = 'query ($email: String!) { identityHolder(email: $email) { email identities { id source } } }'
    let answer: any
    expect(
      await callsFor(async () => (answer = await subgraph.ask(query, { email: 'ANA.SILVA@example.com' }))),
    ).toBeLessThanOrEqual(21)
    expect(answer.data.identityHolder).toEqual({
      email: 'ana.silva@example.com',
      identities: [
        { id: `legacy:${KNOWN_PEOPLE.ana.legacy.user_id}`, source: 'LEGACY' },
        { id: `site-partner:${KNOWN_PEOPLE.ana.sitePartner.id}`, source: 'SITE_PARTNER' },
      ],
    })
  })
})

describe('hints that are out of date', () => {
  it('finds accounts that moved, and knows those that have gone', async () => {
    const ids = [...legacyIds(spread(20)), ...sitePartnerIds(spread(20))]
    await entities(ids)
    const { legacy, sitePartner } = subgraph.simulator
    for (let count = 0; count < 150; count++) legacy.people.insert({}, 10)
    sitePartner.people.insert({}, 3)
    legacy.people.remove(ids[7]?.replace('legacy:', '') ?? '')
    // The row before a wanted one goes as well, so that its place can only be found anew.
    const neighbour = sitePartner.people.list().findIndex(({ id }) => `site-partner:${id}` === ids[30]) - 1
    sitePartner.people.remove(sitePartner.people.list()[neighbour]?.id ?? '')
    const { data, errors } = await entities(ids)
    expect(errors).toBeUndefined()
    expect(data._entities.map((entity: any) => entity?.id ?? null)).toEqual(
      ids.map((id, index) => (index === 7 ? null : id)),
    )
  })

  it('shows what the upstream says now, not what it said before', async () => {
    const [id] = legacyIds([5])
    const [other] = sitePartnerIds([5])
    await entities([id, other])
    subgraph.simulator.legacy.people.update(String(id).replace('legacy:', ''), { email: 'new@example.com' })
    subgraph.simulator.sitePartner.people.update(String(other).replace('site-partner:', ''), {
      email: 'newer@example.com',
    })
    const { data } = await entities([id, other])
    expect(data._entities.map((entity: any) => entity.email)).toEqual(['new@example.com', 'newer@example.com'])
  })
})

describe('a batch of references', () => {
  it('keeps order and length, with null for the unknown and an error for the impossible', async () => {
    const [known] = legacyIds([2])
    const { data, errors } = await entities([
      known,
      'legacy:nobody',
      'site-partner:nobody',
      'legacy:..',
      'other:1',
      7,
      { a: 1 },
      '',
    ])
    expect(data._entities.map((entity: any) => entity?.id ?? null)).toEqual([
      known,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ])
    expect(errors?.map((error: any) => [error.path[1], error.extensions.code])).toEqual(
      [3, 4, 5, 6, 7].map((index) => [index, 'BAD_USER_INPUT']),
    )
  })

  it('spoils only the one that its upstream fails on', async () => {
    const [bad, good] = legacyIds([2, 3])
    subgraph.simulator.legacy.faults.add({ kind: 'status', status: 500, path: `/user/${bad?.replace('legacy:', '')}` })
    const { data, errors } = await entities([bad, good])
    expect(data._entities.map((entity: any) => entity?.id ?? null)).toEqual([null, good])
    expect(errors).toMatchObject([
      { path: ['_entities', 0], extensions: { code: 'UPSTREAM_UNAVAILABLE', source: 'LEGACY' } },
    ])
  })

  it('gives a holder that nobody is an empty list, and one that cannot be an error', async () => {
    const { data, errors } = await subgraph.ask(ENTITIES, {
      representations: [
        { __typename: 'IdentityHolder', email: 'Nobody@Example.com' },
        { __typename: 'IdentityHolder', email: '  ' },
        { __typename: 'IdentityHolder', email: 'BEN.okafor@example.org' },
      ],
    })
    expect(data._entities[0]).toEqual({ address: 'nobody@example.com', identities: [] })
    expect(data._entities[1]).toBeNull()
    expect(data._entities[2].identities).toHaveLength(2)
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }])
  })
})
