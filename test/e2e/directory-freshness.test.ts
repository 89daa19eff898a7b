import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { upstreamCalls, type Subgraph } from './subgraph.ts'
import { resetCalls, startSynced, startUnsynced } from './synced.ts'

const LIVE = { 'cache-control': 'no-cache' }
const BACKWARDS = '{ identities(last: 2) { nodes { id firstName } pageInfo { startCursor } totalCount } }'
const ANA = KNOWN_PEOPLE.ana.legacy.user_id
const ANA_SITE = KNOWN_PEOPLE.ana.sitePartner.id

let subgraph: Subgraph
afterEach(() => subgraph.close())

const codeOf = (answer: { errors?: { extensions: Record<string, unknown> }[] }) => answer.errors?.[0]?.extensions

describe('before the first sweep is whole', () => {
  it('what can be read live is, and what only the directory can answer is not ready yet', async () => {
    subgraph = await startUnsynced()
    const { legacy } = subgraph.simulator
    await subgraph.whenSynced('SITE_PARTNER')
    await subgraph.close()
    subgraph = await startUnsynced({ variables: { LEGACY_API_URL: legacy.url } })
    // The upstream of the closed one is gone: this one's first sweep of LEGACY can never become whole.
    expect(codeOf(await subgraph.ask(BACKWARDS))).toMatchObject({ code: 'DIRECTORY_NOT_READY', retryable: true })
    const filtered = '{ identities(filter: { status: [ACTIVE] }) { totalCount } }'
    expect(codeOf(await subgraph.ask(filtered))).toMatchObject({ code: 'DIRECTORY_NOT_READY' })
    await subgraph.whenSynced('SITE_PARTNER')
    const partner = '{ identities(last: 2, filter: { source: SITE_PARTNER }) { totalCount } }'
    expect((await subgraph.ask(partner)).data.identities.totalCount).toBe(310)
    const partial = await subgraph.ask(
      '{ identities(first: 2, allowPartial: true) { nodes { id } complete totalCount } }',
    )
    expect(partial.data.identities).toMatchObject({ complete: false, totalCount: null })
    expect(partial.data.identities.nodes).toHaveLength(2)
    expect(codeOf(await subgraph.ask('{ identities(first: 2) { complete } }'))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    })
  })
})

describe('how old an answer may be', () => {
  beforeEach(async () => void (subgraph = await startSynced()))

  it('no-cache reads an account live: one call, for SITE_PARTNER through whom it stood behind', async () => {
    subgraph.simulator.legacy.people.update(ANA, { firstname: 'Anna' })
    subgraph.simulator.sitePartner.people.update(ANA_SITE, { firstName: 'Anna' })
    const query = `{ l: identity(id: "legacy:${ANA}") { firstName } s: identity(id: "site-partner:${ANA_SITE}") { firstName } }`
    expect((await subgraph.ask(query)).data).toEqual({ l: { firstName: 'Ana' }, s: { firstName: 'Ana' } })
    expect(upstreamCalls(subgraph)).toBe(0)
    expect((await subgraph.ask(query, {}, LIVE)).data).toEqual({ l: { firstName: 'Anna' }, s: { firstName: 'Anna' } })
    expect(upstreamCalls(subgraph)).toBe(2)
  })

  it('max-age takes what is kept as long as it is young enough', async () => {
    const query = `{ identity(id: "legacy:${ANA}") { id } }`
    await subgraph.ask(query, {}, { 'cache-control': 'max-age=600' })
    expect(upstreamCalls(subgraph)).toBe(0)
    await subgraph.ask(query, {}, { 'cache-control': 'max-age=0' })
    expect(upstreamCalls(subgraph)).toBe(1)
  })

  it('what only the directory can answer waits for a sweep that begins after the request', async () => {
    subgraph.simulator.sitePartner.people.insert({ firstName: 'Newest' })
    expect((await subgraph.ask(BACKWARDS)).data.identities.totalCount).toBe(630)
    const { data } = await subgraph.ask(BACKWARDS, {}, LIVE)
    expect(data.identities.totalCount).toBe(631)
    expect(data.identities.nodes.at(-1).firstName).toBe('Newest')
  })

  it('and where that sweep cannot be had it says so', async () => {
    subgraph.simulator.legacy.faults.add({ kind: 'status', status: 503 })
    const answer = await subgraph.ask(BACKWARDS, {}, LIVE)
    expect(codeOf(answer)).toMatchObject({ code: 'DIRECTORY_NOT_READY', source: 'LEGACY', retryable: true })
    // What any age is good enough for goes on.
    expect((await subgraph.ask(BACKWARDS)).data.identities.totalCount).toBe(630)
  })

  it('a walk ends in the mode in which it began', async () => {
    const walk = 'query ($after: String) { identities(first: 2, after: $after) { totalCount pageInfo { endCursor } } }'
    const live = (await subgraph.ask(walk, {}, LIVE)).data.identities
    expect(live.totalCount).toBeNull()
    const goesOn = (await subgraph.ask(walk, { after: live.pageInfo.endCursor })).data.identities
    expect(goesOn.totalCount).toBeNull()
    const kept = (await subgraph.ask(walk)).data.identities
    resetCalls(subgraph)
    const then = (await subgraph.ask(walk, { after: kept.pageInfo.endCursor })).data.identities
    expect([then.totalCount, upstreamCalls(subgraph)]).toEqual([630, 0])
    const backwards = 'query ($c: String) { identities(last: 2, before: $c) { complete } }'
    expect(codeOf(await subgraph.ask(backwards, { c: live.pageInfo.endCursor }))).toMatchObject({
      code: 'BAD_USER_INPUT',
    })
  })

  it('a source that is down changes no answer, and makes nobody gone', async () => {
    subgraph.simulator.legacy.faults.add({ kind: 'drop' })
    await expect(subgraph.whenSynced('LEGACY')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
    expect((await subgraph.ask(BACKWARDS)).data.identities.totalCount).toBe(630)
    const states = await subgraph.ask('{ identitySources { source state code } }')
    expect(states.data.identitySources[0]).toEqual({
      source: 'LEGACY',
      state: 'UNAVAILABLE',
      code: 'UPSTREAM_UNAVAILABLE',
    })
    // Whether somebody is there whom it does not know, nobody can say now.
    const unknown = await subgraph.ask('{ identity(id: "legacy:1unheard") { id } }')
    expect([unknown.data.identity, codeOf(unknown)?.['code']]).toEqual([null, 'UPSTREAM_UNAVAILABLE'])
  })

  it('a source that shows half of its people makes nobody gone, and is reported', async () => {
    const { people } = subgraph.simulator.legacy
    for (const { user_id } of people.list().slice(-160)) people.remove(user_id)
    await subgraph.whenSynced('LEGACY')
    expect((await subgraph.ask(BACKWARDS)).data.identities.totalCount).toBe(630)
    const states = await subgraph.ask('{ identitySources { source state code } }')
    expect(states.data.identitySources[0]).toEqual({
      source: 'LEGACY',
      state: 'UNAVAILABLE',
      code: 'UPSTREAM_INVALID_RESPONSE',
    })
    const metrics = await (await fetch(subgraph.url.replace('/graphql', '/metrics'))).text()
    expect(metrics).toContain('identity_directory_missing_accounts{source="LEGACY"} 160')
    expect(metrics).toMatch(/identity_directory_sweeps_total\{source="LEGACY",outcome="WHOLE",code=""\} \d/)
    expect(metrics).toMatch(/identity_directory_size_bytes [1-9]/)
    expect(metrics).toMatch(/identity_directory_age_seconds\{source="SITE_PARTNER"\} \d/)
  })

  it('somebody who was deleted is gone after the next sweep', async () => {
    subgraph.simulator.legacy.people.remove(ANA)
    await subgraph.whenSynced()
    const query = `{ identity(id: "legacy:${ANA}") { id } identities(first: 0) { totalCount } }`
    expect((await subgraph.ask(query)).data).toEqual({ identity: null, identities: { totalCount: 629 } })
  })
})
