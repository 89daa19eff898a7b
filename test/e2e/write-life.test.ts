import { request, type ClientRequest } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { KNOWN_PARTNERS, KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startOver } from './subgraph.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

const ANA = KNOWN_PEOPLE.ana.legacy
const ANA_ID = `legacy:${ANA.user_id}`
const ONE = 'GET /user/{user_id}'
const PUT = 'PUT /user/{user_id}'
const RENAME = `mutation { updateIdentity(input: { id: "${ANA_ID}", firstName: "Anna" }) { outcome } }`

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000)

let subgraph: WritingSubgraph
beforeAll(
  async () =>
    void (subgraph = await startWriting({
      timing: { attemptTimeoutMs: 15_000, deadlineMs: 15_000, mutationDeadlineMs: 18_000 },
    })),
)
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

const legacy = () => subgraph.simulator.legacy
const ana = () => legacy().people.get(ANA.user_id)

/** A client with a connection of its own, who can leave. */
function post(url: string, query: string): ClientRequest {
  const sending = request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, agent: false })
  sending.on('error', () => undefined)
  sending.end(JSON.stringify({ query }))
  return sending
}

const closed = async (client: ClientRequest) => new Promise((resolve) => client.once('close', resolve))

describe('a client who leaves', () => {
  it('before anything is written stops the mutation', async () => {
    legacy().faults.add({ kind: 'hold', endpoint: ONE })
    const client = post(subgraph.url, RENAME)
    await legacy().faults.whenHeld()
    client.destroy()
    await until(() =>
      expect(subgraph.audit().at(-1)).toMatchObject({ outcome: 'FAILED', codes: ['DEADLINE_EXCEEDED'] }),
    )
    expect([ana()?.firstname, legacy().calls.count(PUT)]).toEqual(['Ana', 0])
  })

  it('after the write went out changes nothing: it is finished, looked at and recorded', async () => {
    legacy().faults.add({ kind: 'hold', endpoint: PUT, after: true })
    const client = post(subgraph.url, RENAME)
    await legacy().faults.whenHeld()
    client.destroy()
    await closed(client)
    // On the same server later than the leaving, so that it has been seen.
    await subgraph.ask('{ __typename }')
    legacy().faults.release()
    await until(() =>
      expect(subgraph.audit().at(-1)).toMatchObject({ audit: 'outcome', outcome: 'APPLIED', id: ANA_ID }),
    )
    expect([ana()?.firstname, legacy().calls.count(ONE)]).toEqual(['Anna', 2])
  })
})

describe('shutting down', () => {
  it('waits for a write that its client has left, and for its record', async () => {
    const other = await startWriting({
      timing: { attemptTimeoutMs: 15_000, mutationDeadlineMs: 18_000, graceMs: 18_000 },
    })
    const { faults, people } = other.simulator.legacy
    faults.add({ kind: 'hold', endpoint: PUT, after: true })
    const client = post(other.url, RENAME)
    await faults.whenHeld()
    client.destroy()
    await closed(client)
    let isOver = false
    const log = other.auditText
    let text = ''
    const closing = other.close(() => (text = log())).then(() => (isOver = true))
    await until(async () => expect(await fetch(other.url).catch(() => 'refused')).toBe('refused'))
    expect(isOver).toBe(false)
    faults.release()
    await closing
    expect(people.get(ANA.user_id)?.firstname).toBe('Anna')
    expect(text).toContain('"outcome":"APPLIED"')
  })
})

describe('the time of a mutation', () => {
  it('is one for a whole request, and what is unknown when it is over is said so', async () => {
    const hasty = await startWriting({ timing: { attemptTimeoutMs: 15_000, mutationDeadlineMs: 600 } })
    hasty.simulator.legacy.faults.add({ kind: 'hang', after: true, endpoint: PUT })
    const again = RENAME.replace('mutation {', 'mutation { first:').replace(/}$/, `${RENAME.slice(11, -1)}}`)
    const { data, errors } = await hasty.ask(again)
    expect(data).toEqual({ first: { outcome: 'UNKNOWN' }, updateIdentity: null })
    expect(errors).toMatchObject([
      { path: ['updateIdentity'], extensions: { code: 'DEADLINE_EXCEEDED', retryable: true } },
    ])
    expect(hasty.audit().filter(({ audit }) => audit === 'outcome')).toMatchObject([
      { outcome: 'UNKNOWN' },
      { outcome: 'FAILED' },
    ])
    expect(hasty.simulator.legacy.calls.count(PUT)).toBe(1)
    await hasty.close()
  })
})

describe.each([
  ['LEGACY', 'provisionLegacyIdentity', 'POST /user', { firstName: 'Jane', lastName: 'Roe' }],
  [
    'SITE_PARTNER',
    'provisionSitePartnerIdentity',
    'POST /asset-management/v1/site-partner-users',
    { partnerId: KNOWN_PARTNERS.lakesideMall.id },
  ],
] as const)('creations of one address in %s', (source, name, endpoint, input) => {
  it('wait for each other, in any letter case', async () => {
    const { legacy, sitePartner } = subgraph.simulator
    sitePartner.switches.duplicateStatus = 'allow'
    const upstream = source === 'LEGACY' ? legacy : sitePartner
    upstream.faults.add({ kind: 'hold', endpoint, times: 1 })
    const first = subgraph.write(name, { ...input, email: 'jane.roe@example.com' })
    await upstream.faults.whenHeld()
    const second = subgraph.write(name, { ...input, email: 'JANE.ROE@example.com' })
    // As long as the second one needs to go through the list, if it did not wait.
    for (let look = 0; look < 3; look++) await subgraph.ask('{ identityHolder(email: "nobody@example.com") { email } }')
    upstream.faults.release()
    expect(await Promise.all([first, second])).toMatchObject([
      { outcome: 'APPLIED' },
      { outcome: 'REJECTED', errors: [{ code: 'EMAIL_TAKEN' }] },
    ])
    expect(upstream.calls.count(endpoint)).toBe(1)
  })
})

it('changes of one account wait for each other, and none is lost', async () => {
  legacy().faults.add({ kind: 'hold', endpoint: PUT, times: 1 })
  const first = subgraph.write('updateIdentity', { id: ANA_ID, firstName: 'Anna' })
  await legacy().faults.whenHeld()
  const second = subgraph.write('updateIdentity', { id: ANA_ID, role: 'admin' })
  // Longer than the second one needs to read the account and put it back, if it did not wait.
  for (let look = 0; look < 3; look++) await subgraph.ask('{ identityHolder(email: "nobody@example.com") { email } }')
  legacy().faults.release()
  expect(await Promise.all([first, second])).toMatchObject([{ outcome: 'APPLIED' }, { outcome: 'APPLIED' }])
  expect(ana()).toMatchObject({ firstname: 'Anna', role: 'admin' })
})

it('thirty mutations in one request are one after the other, and nothing warns of a leak', async () => {
  const warnings: unknown[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', onWarning)
  const rename = (name: string) =>
    `${name}: updateIdentity(input: { id: "${ANA_ID}", firstName: "${name}" }) { outcome }`
  const { data } = await subgraph.ask(`mutation { ${Array.from({ length: 30 }, (_, i) => rename(`A${i}`)).join(' ')} }`)
  await new Promise(setImmediate)
  process.off('warning', onWarning)
  expect([Object.values(data).every(({ outcome }: any) => outcome === 'APPLIED'), ana()?.firstname]).toEqual([
    true,
    'A29',
  ])
  expect(warnings).toEqual([])
})

// Of each mutation up to 30 aliases are taken, as many as a document has tokens for. Node told of a leak from the 101st on.
it('takes 156 mutations of all kinds in one request without a warning', async () => {
  const warnings: unknown[] = []
  const onWarning = (warning: unknown): void => void warnings.push(warning)
  process.on('warning', onWarning)
  const calls = [
    'provisionLegacyIdentity(input: $l)',
    'provisionSitePartnerIdentity(input: $s)',
    'updateIdentity(input: $u)',
    'deactivateIdentity(input: $d)',
    'reactivateIdentity(input: $r)',
    'deleteIdentity(input: $x)',
  ].flatMap((call, kind) => Array.from({ length: 26 }, (_, index) => `a${kind}_${index}: ${call} { outcome }`))
  const { data } = await subgraph.ask(
    `mutation ($l: ProvisionLegacyIdentityInput!, $s: ProvisionSitePartnerIdentityInput!, $u: UpdateIdentityInput!,
      $d: DeactivateIdentityInput!, $r: ReactivateIdentityInput!, $x: DeleteIdentityInput!) { ${calls.join(' ')} }`,
    {
      l: { email: '', firstName: '', lastName: '' },
      s: { email: '', partnerId: '' },
      u: { id: '' },
      d: { id: '' },
      r: { id: '' },
      x: { id: '', confirmEmail: '' },
    },
  )
  await new Promise(setImmediate)
  process.off('warning', onWarning)
  expect(Object.values(data).filter(({ outcome }: any) => outcome === 'REJECTED')).toHaveLength(156)
  expect(warnings).toEqual([])
})

describe('reads', () => {
  it('after a write take nothing that was asked of the source before it', async () => {
    const holder = `{ identityHolder(email: "${ANA.email}") { identities { source firstName } } }`
    // A reader is in the midst of the list, has Ana's old name already, and others would join.
    legacy().faults.add({ kind: 'hold', endpoint: 'GET /user', after: true, times: 1 })
    const before = subgraph.ask(holder)
    await legacy().faults.whenHeld()
    await subgraph.ask(RENAME)
    const after = await subgraph.ask(holder)
    legacy().faults.release()
    const firstNames = (answer: any) => answer.data.identityHolder.identities.map((each: any) => each.firstName)
    expect([firstNames(await before), firstNames(after)]).toEqual([
      ['Ana', 'Ana'],
      ['Anna', 'Ana'],
    ])
  })

  it('in the same request show each mutation as it left the account', async () => {
    const rename = (alias: string, name: string) =>
      `${alias}: updateIdentity(input: { id: "${ANA_ID}", firstName: "${name}" }) { identity { firstName holder { identities { firstName } } } }`
    const { data } = await subgraph.ask(`mutation { ${rename('a', 'Anna')} ${rename('b', 'Anya')} }`)
    expect([data.a.identity, data.b.identity]).toMatchObject([
      { firstName: 'Anna', holder: { identities: [{ firstName: 'Anna' }, {}] } },
      { firstName: 'Anya', holder: { identities: [{ firstName: 'Anya' }, {}] } },
    ])
  })
})
