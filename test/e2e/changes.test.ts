import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KNOWN_PARTNERS, KNOWN_PEOPLE, type Fault } from '../simulator/simulator.ts'
import { askChanges, Follower, refusalOf } from './changes.ts'
import { upstreamCalls } from './subgraph.ts'
import { resetCalls } from './synced.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

const RARE = { SYNC_INTERVAL_SECONDS: '100000', POLL_INTERVAL_SECONDS: '100000' }
const ANA = `legacy:${KNOWN_PEOPLE.ana.legacy.user_id}`
const ANA_SITE = `site-partner:${KNOWN_PEOPLE.ana.sitePartner.id}`

let subgraph: WritingSubgraph
let follower: Follower
beforeEach(async () => {
  subgraph = await startWriting({ variables: { DIRECTORY: 'temporary', ...RARE } })
  await subgraph.whenSynced()
  follower = new Follower(subgraph)
})
afterEach(() => subgraph.close())

describe('what others do', () => {
  it('shows once each, in order, and the first sweep is no change', async () => {
    expect(await follower.next()).toEqual([])
    const { legacy, sitePartner } = subgraph.simulator
    const [first, second, third] = legacy.people
      .list()
      .filter(({ status }) => status === 'active')
      .slice(-3)
    const id = (person: typeof first) => person?.user_id as string
    const born = legacy.people.insert({ email: 'born@example.com' })
    legacy.people.update(id(first), { firstname: 'Renamed' })
    legacy.people.update(id(second), { status: 'inactive' })
    legacy.people.remove(id(third))
    await subgraph.whenSynced('LEGACY')
    expect(await follower.next(1)).toEqual([
      `legacy:${id(first)} UPDATED firstName`,
      `legacy:${id(second)} DEACTIVATED status sourceStatus`,
      `legacy:${born.user_id} PROVISIONED`,
      `legacy:${id(third)} GONE`,
    ])
    legacy.people.update(id(second), { status: 'active' })
    sitePartner.people.update(KNOWN_PEOPLE.ana.sitePartner.id, { isArchived: true, email: null })
    await subgraph.whenSynced()
    const changes = await follower.next()
    expect(changes).toHaveLength(2)
    expect(changes).toEqual(
      expect.arrayContaining([
        `legacy:${id(second)} REACTIVATED status sourceStatus`,
        expect.stringMatching(new RegExp(`^${ANA_SITE} ARCHIVED email status`)),
      ]),
    )
    await subgraph.whenSynced()
    expect(await follower.next()).toEqual([])
    expect(await new Follower(subgraph).next(500)).toHaveLength(6)
  })

  it('shows the account as it is now, and null where it is gone, without a call', async () => {
    const { legacy } = subgraph.simulator
    const [gone, other] = legacy.people.list().slice(-2)
    for (const firstname of ['One', 'Two']) {
      legacy.people.update(other?.user_id ?? '', { firstname })
      if (firstname === 'Two') legacy.people.remove(gone?.user_id ?? '')
      await subgraph.whenSynced('LEGACY')
    }
    resetCalls(subgraph)
    const { edges } = await askChanges(subgraph)
    expect(edges.map(({ node }: any) => node.identity?.firstName ?? null)).toEqual(['Two', 'Two', null])
    expect(new Date(edges[0].node.observedAt).getTime()).toBeGreaterThan(Date.now() - 60_000)
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it('is waited for under no-cache, and refused where it cannot be had', async () => {
    subgraph.simulator.sitePartner.people.update(KNOWN_PEOPLE.ana.sitePartner.id, { firstName: 'Anna' })
    expect((await askChanges(subgraph)).edges).toEqual([])
    const live = { 'cache-control': 'no-cache' }
    const { edges, latestCursor, pageInfo } = await askChanges(subgraph, {}, live)
    expect(edges.map(({ node }: any) => [node.identityId, node.fields.includes('firstName')])).toEqual([
      [ANA_SITE, true],
    ])
    expect(latestCursor).toBe(pageInfo.endCursor)
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 503 })
    expect(await refusalOf(subgraph, {}, live)).toMatchObject({
      code: 'DIRECTORY_NOT_READY',
      source: 'SITE_PARTNER',
      retryable: true,
    })
    expect((await askChanges(subgraph)).edges).toHaveLength(1)
  })
})

describe('our own writes', () => {
  it('show at once, and the next sweep does not tell them again', async () => {
    const { write } = subgraph
    const made = await write('provisionLegacyIdentity', {
      email: 'jane@example.com',
      firstName: 'Jane',
      lastName: 'Roe',
      role: 'analyst',
    })
    const id = made.identity.id
    expect(await follower.next()).toEqual([`${id} PROVISIONED`])
    await write('updateIdentity', { id: ANA, lastName: 'Silvia' })
    await write('deactivateIdentity', { id })
    await write('reactivateIdentity', { id })
    await write('deactivateIdentity', { id: ANA_SITE })
    await write('deleteIdentity', { id, confirmEmail: 'jane@example.com' })
    const input = { email: 'jo@example.com', partnerId: KNOWN_PARTNERS.lakesideMall.id }
    const partner = await write('provisionSitePartnerIdentity', input)
    const changes = [
      `${ANA} UPDATED lastName`,
      `${id} DEACTIVATED status`,
      `${id} REACTIVATED status`,
      `${ANA_SITE} ARCHIVED`,
      `${id} GONE`,
      `${partner.identity.id} PROVISIONED`,
    ]
    const found = await follower.next()
    expect(found.map((change, index) => change.startsWith(changes[index] ?? '?'))).toEqual(changes.map(() => true))
    await subgraph.whenSynced()
    expect(await follower.next()).toEqual([])
  })

  it('of which nobody knows what became of them show once the source was read again', async () => {
    const { legacy } = subgraph.simulator
    legacy.faults.add({ kind: 'drop-after', endpoint: 'PUT /user/{user_id}' })
    legacy.faults.add({ kind: 'drop', endpoint: 'GET /user/{user_id}', skip: 1 })
    expect((await subgraph.write('updateIdentity', { id: ANA, firstName: 'Unseen' })).outcome).toBe('UNKNOWN')
    legacy.faults.clear()
    expect(await follower.next()).toEqual([`${ANA} UPDATED firstName`])
  })
})

describe('faults', () => {
  it.each<[string, Fault]>([
    ['a source that is down', { kind: 'drop' }],
    ['a source that dies in the middle of its list', { kind: 'drop', endpoint: 'GET /user', skip: 1 }],
    ['a list that is cut off', { kind: 'truncate', endpoint: 'GET /user', skip: 1 }],
    ['a list that is said not to be there', { kind: 'status', status: 404, endpoint: 'GET /user' }],
  ])('make nobody gone: %s', async (_name, fault) => {
    const { legacy } = subgraph.simulator
    legacy.faults.add(fault)
    await expect(subgraph.whenSynced('LEGACY')).rejects.toThrow()
    legacy.faults.clear()
    // On a busy machine the breaker may have seen enough failures to refuse the first sweeps.
    await vi.waitFor(async () => subgraph.whenSynced('LEGACY'), 15_000)
    expect(await follower.next()).toEqual([])
  })

  it('make nobody gone: a list that does not show some who are there', async () => {
    const { people, faults } = subgraph.simulator.legacy
    const some = people.list().slice(40, 43)
    for (const { user_id } of some) people.remove(user_id)
    const comeBack = (): void => void some.map((person, index) => people.insert(person, 40 + index))
    faults.add({ kind: 'race', endpoint: 'GET /user/{user_id}', times: 1, run: comeBack })
    await subgraph.whenSynced('LEGACY')
    expect(people.list()).toHaveLength(130)
    await subgraph.whenSynced('LEGACY')
    expect(await follower.next()).toEqual([])
  })

  it('make nobody gone: half of the people missing, until it is believed', async () => {
    const { people } = subgraph.simulator.legacy
    const half = people.list().slice(-65)
    for (const { user_id } of half) people.remove(user_id)
    await subgraph.whenSynced('LEGACY')
    expect(await follower.next()).toEqual([])
    for (const person of half) people.insert(person)
    await subgraph.whenSynced('LEGACY')
    expect(await follower.next()).toEqual([])
  })
})

describe('a page', () => {
  it('of nothing says where to go on', async () => {
    const empty = await askChanges(subgraph)
    expect(empty).toMatchObject({ edges: [], pageInfo: { hasNextPage: false, startCursor: null } })
    const begin = empty.pageInfo.endCursor
    expect([empty.latestCursor, (await askChanges(subgraph, { after: begin })).pageInfo.endCursor]).toEqual([
      begin,
      begin,
    ])
    await subgraph.write('updateIdentity', { id: ANA, lastName: 'Silvia' })
    const none = await askChanges(subgraph, { first: 0, after: begin })
    expect(none).toMatchObject({ edges: [], pageInfo: { hasNextPage: true, endCursor: begin } })
    expect(none.latestCursor).not.toBe(begin)
    expect((await askChanges(subgraph, { first: 0 })).pageInfo).toMatchObject({ hasNextPage: true, endCursor: begin })
    const { edges, pageInfo } = await askChanges(subgraph, { first: 1, after: begin })
    expect(pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: none.latestCursor,
    })
    expect(await askChanges(subgraph, { after: none.latestCursor })).toMatchObject({
      edges: [],
      pageInfo: { endCursor: none.latestCursor },
    })
  })

  it('that makes no sense is refused', async () => {
    const bad = { code: 'BAD_USER_INPUT', retryable: false }
    for (const after of ['', 'nonsense', 'a.b']) expect(await refusalOf(subgraph, { after })).toMatchObject(bad)
    for (const first of [-1, 501]) {
      expect(await refusalOf(subgraph, { first })).toMatchObject({ ...bad, message: '"first" is 0 to 500.' })
    }
  })

  it('behind a cursor of a walk is refused, and a walk behind one of changes', async () => {
    const walk = 'query ($after: String) { identities(first: 1, after: $after) { pageInfo { endCursor } } }'
    for (const headers of [{}, { 'cache-control': 'no-cache' }]) {
      const { data } = await subgraph.ask(walk, {}, headers)
      const after = data.identities.pageInfo.endCursor
      expect(await refusalOf(subgraph, { after })).toMatchObject({ code: 'BAD_USER_INPUT' })
    }
    const { latestCursor } = await askChanges(subgraph)
    const { errors } = await subgraph.ask(walk, { after: latestCursor })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})
