import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startOver, startSubgraph, upstreamCalls, type Subgraph } from './subgraph.ts'

const HOLDER = 'query ($email: String!) { identityHolder(email: $email) { email identities { id email } } }'

let subgraph: Subgraph
beforeAll(
  async () => void (subgraph = await startSubgraph({ timing: { deadlineMs: 15_000, attemptTimeoutMs: 15_000 } })),
)
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

/** Everybody with an address, as the simulator holds them: address in lower case -> global ids. */
function expectedHolders(): Map<string, string[]> {
  const { legacy, sitePartner } = subgraph.simulator
  const holders = new Map<string, string[]>()
  const add = (email: string | null, id: string): void => {
    if (email) holders.set(email.toLowerCase(), [...(holders.get(email.toLowerCase()) ?? []), id])
  }
  for (const person of legacy.people.list()) add(person.email, `legacy:${person.user_id}`)
  for (const person of sitePartner.people.list()) add(person.email, `site-partner:${person.id}`)
  return holders
}

describe('the holder of an e-mail address', () => {
  it('has the identities of both sources, whatever the letter case', async () => {
    const shared = [...expectedHolders()].filter(([, ids]) => ids.length > 1)
    expect(shared.length).toBeGreaterThan(100)
    for (const [email, ids] of [shared[0], shared[50], shared.at(-1)] as [string, string[]][]) {
      const { data } = await subgraph.ask(HOLDER, { email: email.toUpperCase() })
      expect(data.identityHolder.email).toBe(email)
      expect(data.identityHolder.identities.map((identity: any) => identity.id)).toEqual(ids)
    }
  })

  it('is nobody only when both lists were read to their end', async () => {
    const { data, errors } = await subgraph.ask(HOLDER, { email: 'nobody@example.com' })
    expect(errors).toBeUndefined()
    expect(data).toEqual({ identityHolder: null })
    expect(upstreamCalls(subgraph)).toBe(21)
  })

  it('is looked up once for a page of identities', async () => {
    const { data, errors } = await subgraph.ask(
      '{ identities(first: 50) { nodes { id holder { email identities { id } } } } }',
    )
    expect(errors).toBeUndefined()
    const holders = expectedHolders()
    for (const { holder } of data.identities.nodes.filter((node: any) => node.holder)) {
      expect(holder.identities.map((identity: any) => identity.id)).toEqual(holders.get(holder.email))
    }
    expect(upstreamCalls(subgraph)).toBe(22)
  })

  it('is not found in a list that cannot be trusted', async () => {
    const { sitePartner } = subgraph.simulator
    for (const fault of ['cursorStuck', 'hasMoreWithoutItems', 'omitItems'] as const) {
      sitePartner.switches[fault] = true
      const { data, errors } = await subgraph.ask(HOLDER, { email: 'nobody@example.com' })
      expect(data).toEqual({ identityHolder: null })
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_INVALID_RESPONSE', source: 'SITE_PARTNER' } }])
      sitePartner.switches[fault] = false
    }
  })

  it.each([
    ['ignores the page', { ignorePage: true }],
    ['repeats its last page', { pastEnd: 'last-page' }],
    ['has no page behind its end', { pastEnd: 'not-found' }],
    ['says that its count is the total', { count: 'total' }],
  ] as const)('ends with a LEGACY list that %s', async (_name, switches) => {
    Object.assign(subgraph.simulator.legacy.switches, switches)
    const { data } = await subgraph.ask(HOLDER, { email: 'ana.silva@example.com' })
    expect(data.identityHolder.identities).toHaveLength(2)
  })
})

describe('the holder of an e-mail address, for which the time was up', () => {
  let late: Subgraph
  // Long enough for twenty calls on a busy machine: only what is held may run into it.
  beforeAll(async () => void (late = await startSubgraph({ timing: { deadlineMs: 3_000, attemptTimeoutMs: 15_000 } })))
  beforeEach(() => startOver(late))
  afterAll(() => late.close())

  it('is found by going on from there', async () => {
    const { legacy } = late.simulator
    // The seventh page of LEGACY is not answered; SITE_PARTNER is through by then.
    legacy.faults.add({ kind: 'hold', endpoint: 'GET /user', skip: 6 })
    const { data, errors } = await late.ask(HOLDER, { email: 'nobody@example.com' })
    expect(data).toEqual({ identityHolder: null })
    expect(errors).toMatchObject([
      { path: ['identityHolder'], extensions: { code: 'DEADLINE_EXCEEDED', retryable: true } },
    ])
    legacy.faults.clear()
    legacy.calls.reset()
    late.simulator.sitePartner.calls.reset()
    const again = await late.ask(HOLDER, { email: 'ana.silva@example.com' })
    expect(again.errors).toBeUndefined()
    expect(again.data.identityHolder.identities).toHaveLength(2)
    // Page 6 of LEGACY once more, to see that nothing moved, and 7 to 11. SITE_PARTNER's had ended: it is read as it is now.
    expect(legacy.calls.count()).toBe(6)
    expect(upstreamCalls(late)).toBe(16)
  })

  it('is read anew under no-cache', async () => {
    const { legacy } = late.simulator
    legacy.faults.add({ kind: 'hold', endpoint: 'GET /user', skip: 6 })
    await late.ask(HOLDER, { email: 'nobody@example.com' })
    legacy.faults.clear()
    legacy.calls.reset()
    await late.ask(HOLDER, { email: 'ana.silva@example.com' }, { 'cache-control': 'no-cache' })
    expect(legacy.calls.count()).toBe(11)
  })
})
