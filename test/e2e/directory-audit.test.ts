import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { upstreamCalls, type Answer, type Subgraph } from './subgraph.ts'
import { resetCalls, startSynced, startUnsynced } from './synced.ts'

const AUDIT = `query ($input: IdentityAuditInput!) {
  identityAudit(input: $input) {
    complete asOf sources { source state code asOf }
    orphanCount orphans { id } withoutEmailCount withoutEmail { id } missingCount missing
    inSeveralSourcesCount inSeveralSources { email }
  }
}`
const ANA = KNOWN_PEOPLE.ana.legacy

interface Input {
  readonly activeEmails: readonly string[]
  readonly sources?: readonly string[] | null
  readonly limit?: number | null
}

async function send(subgraph: Subgraph, input: object, headers = {}): Promise<Answer> {
  return subgraph.ask(AUDIT, { input }, headers)
}

async function audit(subgraph: Subgraph, input: Input, headers = {}): Promise<any> {
  const { data, errors } = await send(subgraph, input, headers)
  if (errors) throw new Error(JSON.stringify(errors))
  const { orphans, withoutEmail, inSeveralSources, ...others } = data.identityAudit
  const idsOf = (list: { id: string }[]): string[] => list.map(({ id }) => id)
  return {
    ...others,
    orphans: idsOf(orphans),
    withoutEmail: idsOf(withoutEmail),
    inSeveralSources: inSeveralSources.map(({ email }: { email: string }) => email),
  }
}

const faultOf = ({ errors }: Answer) => ({ ...errors?.[0]?.extensions, message: errors?.[0]?.message })

interface Person {
  readonly id: string
  readonly source: string
  readonly email: string | null
  readonly active: boolean
}

function everybody({ simulator: { legacy, sitePartner } }: Subgraph): Person[] {
  return [
    ...legacy.people.list().map(({ user_id, email, status }) => ({
      id: `legacy:${user_id}`,
      source: 'LEGACY',
      email,
      active: status.toLowerCase() === 'active',
    })),
    ...sitePartner.people.list().map(({ id, email, isArchived }) => ({
      id: `site-partner:${id}`,
      source: 'SITE_PARTNER',
      email,
      active: !isArchived,
    })),
  ]
}

/** The same by hand: everybody beside the list, one by one. */
function byHand(people: readonly Person[], { activeEmails, limit }: Input) {
  const expected = new Set(activeEmails.map((email) => email.trim().toLowerCase()))
  const addressOf = ({ email }: Person): string => email?.toLowerCase() ?? ''
  const source = (a: Person, b: Person): number => Number(a.source > b.source) - Number(a.source < b.source)
  const text = (a: string, b: string): number => Number(a > b) - Number(a < b)
  const orphans = people
    .filter((person) => person.active && person.email && !expected.has(addressOf(person)))
    .toSorted((a, b) => source(a, b) || text(addressOf(a), addressOf(b)) || text(a.id, b.id))
  const withoutEmail = people
    .filter((person) => person.active && !person.email)
    .toSorted((a, b) => source(a, b) || text(a.id, b.id))
  const missing = activeEmails.filter((email) => !people.some((each) => addressOf(each) === email.trim().toLowerCase()))
  const shared = new Set(
    people
      .filter(
        (one) => one.email && people.some((two) => two.source !== one.source && addressOf(two) === addressOf(one)),
      )
      .map(addressOf),
  )
  const cut = <Item>(list: readonly Item[]): Item[] => list.slice(0, limit ?? 1_000)
  return {
    orphanCount: orphans.length,
    orphans: cut(orphans.map(({ id }) => id)),
    withoutEmailCount: withoutEmail.length,
    withoutEmail: cut(withoutEmail.map(({ id }) => id)),
    missingCount: missing.length,
    missing: cut(missing),
    inSeveralSourcesCount: shared.size,
    inSeveralSources: cut([...shared].toSorted(text)),
  }
}

describe('an audit', () => {
  let subgraph: Subgraph
  beforeAll(async () => {
    subgraph = await startSynced({
      prepare: ({ legacy, sitePartner }) => {
        for (const { user_id } of legacy.people.list().slice(40, 50)) legacy.people.update(user_id, { email: null })
        for (const { id } of sitePartner.people.list().slice(30, 35)) sitePartner.people.update(id, { email: null })
        for (const { user_id } of legacy.people.list().slice(60, 90))
          legacy.people.update(user_id, { status: 'inactive' })
      },
    })
  })
  afterAll(() => subgraph.close())

  /** Two of three who are there, each in another letter case, and some who are nowhere. */
  const known = (): string[] => [
    ...everybody(subgraph).flatMap(({ email }, index) => (email && index % 3 > 0 ? [email.toUpperCase()] : [])),
    'Left.Long.Ago@Example.com',
    'never.came@example.com',
  ]

  it.each([
    ['everybody', {}],
    ['lists that are cut', { limit: 3 }],
    ['counts alone', { limit: 0 }],
  ])('equals a count by hand, without a call: %s', async (_name, options) => {
    resetCalls(subgraph)
    const input = { activeEmails: known(), ...options }
    const { complete, asOf, sources, ...found } = await audit(subgraph, input)
    const expected = byHand(everybody(subgraph), input)
    expect(found).toEqual(expected)
    expect([expected.orphanCount, expected.withoutEmailCount, expected.inSeveralSourcesCount]).not.toContain(0)
    expect([complete, expected.missingCount]).toEqual([true, 2])
    expect(sources).toMatchObject([
      { source: 'LEGACY', state: 'OK', code: null },
      { source: 'SITE_PARTNER', state: 'OK', code: null },
    ])
    expect(asOf).toBe(sources.map((source: { asOf: string }) => source.asOf).toSorted()[0])
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it('looks at the sources that are named, once each, and at all of them for null', async () => {
    const activeEmails = known()
    for (const source of ['LEGACY', 'SITE_PARTNER']) {
      const { complete, asOf, sources, ...found } = await audit(subgraph, { activeEmails, sources: [source, source] })
      expect(found).toEqual(
        byHand(
          everybody(subgraph).filter((person) => person.source === source),
          { activeEmails },
        ),
      )
      expect([complete, asOf]).toEqual([true, sources[0].asOf])
      expect(sources.map((each: { source: string }) => each.source)).toEqual([source])
    }
    expect(await audit(subgraph, { activeEmails, sources: null })).toMatchObject(
      byHand(everybody(subgraph), { activeEmails }),
    )
  })

  it('takes an address that is given again for one, and shows it as it was spelt first', async () => {
    const activeEmails = [' New@Example.com', 'new@example.com', ANA.email.toUpperCase(), ANA.email, 'NEW@EXAMPLE.COM']
    expect(await audit(subgraph, { activeEmails })).toMatchObject({ missingCount: 1, missing: [' New@Example.com'] })
  })

  it('looks for what is selected, under other names and in fragments too', async () => {
    const query = `query ($input: IdentityAuditInput!) {
      identityAudit(input: $input) { ...Counts first: orphans { status holder { identities { id } } } }
    }
    fragment Counts on IdentityAudit { ... { many: orphanCount } inSeveralSources { email identities { source } } }`
    const { data, errors } = await subgraph.ask(query, { input: { activeEmails: [], limit: 2 } })
    expect(errors).toBeUndefined()
    const expected = byHand(everybody(subgraph), { activeEmails: [], limit: 2 })
    const { many, first, inSeveralSources } = data.identityAudit
    expect([many, first.map(({ status }: { status: string }) => status)]).toEqual([
      expected.orphanCount,
      ['ACTIVE', 'ACTIVE'],
    ])
    expect(inSeveralSources.map(({ email }: { email: string }) => email)).toEqual(expected.inSeveralSources)
    for (const { identities } of inSeveralSources) {
      expect(new Set(identities.map(({ source }: { source: string }) => source))).toEqual(
        new Set(['LEGACY', 'SITE_PARTNER']),
      )
    }
  })

  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `person.${index}@example.com`)

  it('takes 20,000 addresses, and no more', async () => {
    expect(await audit(subgraph, { activeEmails: many(20_000), limit: 1 })).toMatchObject({ missingCount: 20_000 })
    expect(faultOf(await send(subgraph, { activeEmails: many(20_001) }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: '"input.activeEmails" holds 20000 addresses at most, and these are 20001.',
    })
  })

  it.each([
    ['what is no address', { activeEmails: ['a@b.c', 'secret'] }, '"input.activeEmails[1]": An e-mail address is'],
    [
      'many malformed ones',
      { activeEmails: ['', ...many(9), ...Array.from({ length: 7 }, () => `secret${'x'.repeat(320)}`)] },
      '"input.activeEmails[0]", "input.activeEmails[10]", "input.activeEmails[11]", "input.activeEmails[12]", "input.activeEmails[13]" and 3 more: ',
    ],
    ['what is no text', { activeEmails: ['a@b.c', { secret: 1 }] }, ', at activeEmails[1]'],
    ['no sources', { activeEmails: [], sources: [] }, '"input.sources"'],
    ['a negative limit', { activeEmails: [], limit: -1 }, '"input.limit" is 0 to 5000'],
    ['a limit that is too large', { activeEmails: [], limit: 5_001 }, '"input.limit" is 0 to 5000'],
    ['more rows than an operation may have', { activeEmails: [], limit: 5_000 }, '10000 rows'],
  ])('refuses %s, by its place and not its text', async (_name, input, message) => {
    const answer = await send(subgraph, input)
    expect(faultOf(answer)).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) })
    expect(answer.errors).toHaveLength(1)
    expect(JSON.stringify(answer)).not.toMatch(/secret/)
  })
})

describe('how far an audit can be relied on', () => {
  let subgraph: Subgraph
  afterEach(() => subgraph.close())
  const LIVE = { 'cache-control': 'no-cache' }
  const activeEmails = [ANA.email]

  it('before the first sweeps is not ready, then speaks of the sources that are, and is not complete', async () => {
    subgraph = await startUnsynced({
      prepare: ({ sitePartner, legacy }) => {
        legacy.faults.add({ kind: 'status', status: 503 })
        sitePartner.faults.add({ kind: 'status', status: 503 })
      },
    })
    const { legacy, sitePartner } = subgraph.simulator
    expect(faultOf(await send(subgraph, { activeEmails }))).toMatchObject({
      code: 'DIRECTORY_NOT_READY',
      retryable: true,
    })
    sitePartner.faults.clear()
    await subgraph.whenSynced('SITE_PARTNER')
    const people = everybody(subgraph).filter(({ source }) => source === 'SITE_PARTNER')
    // Its calls are tried again before it is said to be down.
    const found = await vi.waitFor(async () => {
      const answer = await audit(subgraph, { activeEmails })
      expect(answer.sources[0].state).not.toBe('UNKNOWN')
      return answer
    }, 10_000)
    expect(found).toMatchObject({ complete: false, ...byHand(people, { activeEmails }) })
    expect(found.sources).toMatchObject([
      { source: 'LEGACY', state: 'UNAVAILABLE', code: 'UPSTREAM_UNAVAILABLE' },
      { source: 'SITE_PARTNER', state: 'OK', asOf: found.asOf },
    ])
    expect(await audit(subgraph, { activeEmails, sources: ['SITE_PARTNER'] })).toMatchObject({ complete: true })
    expect(faultOf(await send(subgraph, { activeEmails, sources: ['LEGACY'] }))).toMatchObject({
      code: 'DIRECTORY_NOT_READY',
    })
    legacy.faults.clear()
    await subgraph.whenSynced('LEGACY')
    expect(await audit(subgraph, { activeEmails })).toMatchObject({
      complete: true,
      ...byHand(everybody(subgraph), { activeEmails }),
    })
  })

  it('under no-cache waits for sweeps that begin after the request, or says that they cannot be had', async () => {
    subgraph = await startSynced()
    const { legacy } = subgraph.simulator
    legacy.people.insert({ email: 'just.came@example.com' })
    const input = { activeEmails: ['just.came@example.com'] }
    expect(await audit(subgraph, input)).toMatchObject({ missingCount: 1 })
    const askedAt = new Date().toISOString()
    const found = await audit(subgraph, input, LIVE)
    expect(found).toMatchObject({ missingCount: 0, complete: true })
    expect(found.asOf >= askedAt).toBe(true)
    legacy.faults.add({ kind: 'status', status: 503 })
    expect(faultOf(await send(subgraph, input, LIVE))).toMatchObject({ code: 'DIRECTORY_NOT_READY', source: 'LEGACY' })
    expect(await audit(subgraph, { ...input, sources: ['SITE_PARTNER'] }, LIVE)).toMatchObject({ missingCount: 1 })
  })

  it('is not complete while a list is doubted for lacking too many', async () => {
    subgraph = await startSynced()
    const { people } = subgraph.simulator.legacy
    for (const { user_id } of people.list().slice(-160)) people.remove(user_id)
    await subgraph.whenSynced('LEGACY')
    expect(await audit(subgraph, { activeEmails })).toMatchObject({ complete: false })
    expect(await audit(subgraph, { activeEmails, sources: ['SITE_PARTNER'] })).toMatchObject({ complete: true })
  })

  it('is not answered by a server that reads live, nor for a source that is not configured', async () => {
    subgraph = await startUnsynced({ variables: { DIRECTORY: 'off' } })
    expect(faultOf(await send(subgraph, { activeEmails }))).toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringContaining('DIRECTORY'),
    })
    expect(faultOf(await send(subgraph, { activeEmails: [''] }))).toMatchObject({ code: 'BAD_USER_INPUT' })
    await subgraph.close()
    subgraph = await startUnsynced({ variables: { SITE_PARTNER_CLIENT_ID: '', SITE_PARTNER_CLIENT_SECRET: '' } })
    await subgraph.whenSynced('LEGACY')
    const named = { activeEmails, sources: ['LEGACY', 'SITE_PARTNER'] }
    expect(faultOf(await send(subgraph, named))).toMatchObject({ code: 'NOT_SUPPORTED', source: 'SITE_PARTNER' })
    const found = await audit(subgraph, { activeEmails })
    expect(found).toMatchObject({ complete: true, inSeveralSourcesCount: 0 })
    expect(found.sources).toMatchObject([
      { source: 'LEGACY', state: 'OK' },
      { source: 'SITE_PARTNER', state: 'NOT_CONFIGURED' },
    ])
  })
})
