import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PARTNERS, KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startOver } from './subgraph.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

/** An address for each test: what became of a POST stays unknown for a while, whatever happens to the simulator. */
let JANE = { email: '', firstName: 'Jane', lastName: 'Roe' }
let tests = 0
const WORDS = { role: 'analyst', timezone: 'Europe/Oslo', locale: 'no' }
const USERS = '/asset-management/v1/site-partner-users'
const partnerId = KNOWN_PARTNERS.lakesideMall.id

let subgraph: WritingSubgraph
beforeAll(async () => void (subgraph = await startWriting()))
beforeEach(async () => {
  JANE = { ...JANE, email: `Jane.Roe+${++tests}@example.com` }
  await startOver(subgraph)
})
afterAll(() => subgraph.close())

const { legacy, sitePartner } = {
  legacy: () => subgraph.simulator.legacy,
  sitePartner: () => subgraph.simulator.sitePartner,
}
const provisionLegacy = (input: object = {}) => subgraph.write('provisionLegacyIdentity', { ...JANE, ...input })
const provisionSitePartner = (input: object = {}) =>
  subgraph.write('provisionSitePartnerIdentity', { email: JANE.email, partnerId, ...input })
const janes = () =>
  legacy()
    .people.list()
    .filter(({ email }) => email === JANE.email)
const codes = (payload: any): unknown[] => payload.errors.map(({ code }: any) => code)

describe('a LEGACY account', () => {
  it('is made by a POST, and by a PUT of the whole record for what POST does not take', async () => {
    legacy().switches.createFields = 'required'
    const payload = await provisionLegacy({ ...WORDS, password: 'correct horse' })
    expect(payload).toMatchObject({ outcome: 'APPLIED', errors: [], identity: { ...JANE, ...WORDS, status: 'ACTIVE' } })
    expect(payload.idempotencyKey).toMatch(/^[\da-f-]{36}$/)
    expect(janes()).toMatchObject([{ email: JANE.email, ...WORDS, firstname: 'Jane', password: 'correct horse' }])
    expect(legacy().calls.byEndpoint()).toMatchObject({ 'POST /user': 1, 'PUT /user/{user_id}': 1 })
  })

  it('takes no PUT where nothing is left to say', async () => {
    expect(await provisionLegacy()).toMatchObject({ outcome: 'APPLIED', identity: { ...JANE, role: 'standard' } })
    expect(legacy().calls.count('PUT /user/{user_id}')).toBe(0)
  })

  it('gets a strong password of its own where none is given', async () => {
    await provisionLegacy()
    await provisionLegacy({ email: 'john.roe@example.com' })
    const passwords = legacy()
      .people.list()
      .slice(-2)
      .map(({ password }) => password)
    for (const password of passwords) {
      expect(password.length).toBeGreaterThanOrEqual(32)
      for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^\w]/]) expect(password).toMatch(kind)
    }
    expect(new Set(passwords).size).toBe(2)
  })

  it('that was made in part is PARTIAL with the account, and the same key goes on from there', async () => {
    legacy().faults.add({ kind: 'status', status: 500, endpoint: 'GET /user/{user_id}' })
    const first = await provisionLegacy({ ...WORDS, idempotencyKey: 'hire-1' })
    expect(first).toMatchObject({ outcome: 'PARTIAL', identity: { id: `legacy:${janes()[0]?.user_id}` } })
    expect(first.errors.map(({ path }: any) => path[1])).toEqual(['role', 'timezone', 'locale'])
    expect(janes()).toMatchObject([{ role: 'standard' }])
    legacy().faults.clear()
    const second = await provisionLegacy({ ...WORDS, idempotencyKey: 'hire-1' })
    expect(second).toMatchObject({ outcome: 'APPLIED', identity: WORDS, idempotencyKey: 'hire-1' })
    expect(janes()).toMatchObject([WORDS])
    expect(legacy().calls.count('POST /user')).toBe(1)
  })

  it('whose keys may create and not update is PARTIAL, and says what to ask for', async () => {
    legacy().faults.add({ kind: 'status', status: 403, endpoint: 'PUT /user/{user_id}' })
    const payload = await provisionLegacy(WORDS)
    expect(payload).toMatchObject({ outcome: 'PARTIAL', identity: { ...JANE, role: 'standard' } })
    expect(payload.errors).toMatchObject([{ code: 'NOT_GRANTED', message: expect.stringContaining('Partnerize') }])
  })

  it('is REJECTED_BY_SOURCE with the paths that the source names, and none of its words', async () => {
    const payload = await provisionLegacy({ password: 'short' })
    expect(payload).toMatchObject({ outcome: 'REJECTED', identity: null })
    expect(payload.errors).toMatchObject([{ code: 'REJECTED_BY_SOURCE', path: ['input', 'password'] }])
    expect(JSON.stringify(payload)).not.toContain('Weak')
  })
})

describe('a SITE_PARTNER account', () => {
  it('is made by a POST', async () => {
    const payload = await provisionSitePartner({ firstName: 'Jane' })
    expect(payload).toMatchObject({
      outcome: 'APPLIED',
      identity: { email: JANE.email, firstName: 'Jane', lastName: null, status: 'ACTIVE', partner: { id: partnerId } },
    })
    const { data } = await subgraph.ask(`{ identity(id: "${payload.identity.id}") { email partner { id } } }`)
    expect(data.identity).toEqual({ email: JANE.email, partner: { id: partnerId } })
  })

  it('is NOT_GRANTED where the client may only read, and says what to ask for', async () => {
    sitePartner().switches.scope = 'read:site-partner-users'
    sitePartner().expireTokens()
    const { errors } = await provisionSitePartner()
    expect(errors).toMatchObject([{ code: 'NOT_GRANTED', message: expect.stringContaining('Lynkwell') }])
  })

  it.each([400, 404] as const)('of a partner that there is not is refused with its %s', async (status) => {
    sitePartner().switches.unknownPartnerStatus = status
    expect(codes(await provisionSitePartner({ partnerId: 'sp_nobody' }))).toEqual(['REJECTED_BY_SOURCE'])
  })
})

describe.each([
  [
    'LEGACY',
    'POST /user',
    () => provisionLegacy(),
    (key: string) => provisionLegacy({ idempotencyKey: `legacy ${key}` }),
  ],
  [
    'SITE_PARTNER',
    `POST ${USERS}`,
    () => provisionSitePartner(),
    (key: string) => provisionSitePartner({ idempotencyKey: `partner ${key}` }),
  ],
] as const)('in %s an account is never made twice', (source, endpoint, provision, provisionAs) => {
  const upstream = () => (source === 'LEGACY' ? legacy() : sitePartner())
  const count = () => upstream().people.list().length
  const posts = () => upstream().calls.count(endpoint)

  it('where somebody has the address, in any letter case: EMAIL_TAKEN, with who it is and no POST', async () => {
    const ana = { email: 'ANA.silva@EXAMPLE.com' }
    const taken = source === 'LEGACY' ? await provisionLegacy(ana) : await provisionSitePartner(ana)
    const id = source === 'LEGACY' ? KNOWN_PEOPLE.ana.legacy.user_id : KNOWN_PEOPLE.ana.sitePartner.id
    expect(taken).toMatchObject({ outcome: 'REJECTED', identity: { sourceId: id } })
    expect(taken.errors).toMatchObject([{ code: 'EMAIL_TAKEN', path: ['input', 'email'] }])
    expect(posts()).toBe(0)
  })

  it.each([
    ['the connection is cut', { kind: 'drop-after' }],
    ['half of it comes', { kind: 'truncate' }],
    ['none comes in time', { kind: 'hang', after: true }],
    ['it cannot be read', { kind: 'not-json' }],
    ['a proxy answers for it', { kind: 'latency', ms: 5_000, after: true }],
  ] as const)('when the answer is lost because %s: the list says what became of it', async (_why, fault) => {
    const before = count()
    upstream().faults.add({ ...fault, endpoint, times: 1 })
    const payload = await provision()
    // What answers in the place of the endpoint has not let it do its work.
    const wasMade = fault.kind !== 'not-json'
    expect([payload.outcome, count() - before, posts()]).toEqual(wasMade ? ['APPLIED', 1, 1] : ['UNKNOWN', 0, 1])
  })

  it('when nobody can tell: UNKNOWN with a key, which finds out later and never posts again', async () => {
    const list = { kind: 'status', status: 503, endpoint: source === 'LEGACY' ? 'GET /user' : `GET ${USERS}` } as const
    upstream().faults.add({ kind: 'hang', after: true, endpoint, times: 1 })
    upstream().faults.add({ kind: 'race', run: () => upstream().faults.add(list), endpoint, times: 1 })
    const first = await provision()
    expect(first).toMatchObject({ outcome: 'UNKNOWN', identity: null, errors: [{ code: 'OUTCOME_UNKNOWN' }] })
    upstream().faults.clear()
    const again = { idempotencyKey: first.idempotencyKey }
    const second = source === 'LEGACY' ? await provisionLegacy(again) : await provisionSitePartner(again)
    expect(second).toMatchObject({ outcome: 'APPLIED', identity: { email: JANE.email } })
    expect([second.idempotencyKey, posts()]).toEqual([first.idempotencyKey, 1])
  })

  it('when the POST never arrived: UNKNOWN again and again, and still no second POST', async () => {
    upstream().faults.add({ kind: 'drop', endpoint, times: 1 })
    const outcomes = [await provisionAs('lost'), await provisionAs('lost')].map(({ outcome }) => outcome)
    expect([outcomes, posts()]).toEqual([['UNKNOWN', 'UNKNOWN'], 1])
  })

  // Told UNKNOWN, a client asked again without the key; the list was still empty, and then the first POST arrived as well.
  it('by another key, while nobody knows what became of the first POST', async () => {
    upstream().faults.add({ kind: 'drop', endpoint, times: 1 })
    const outcomes = [await provisionAs('first'), await provisionAs('second')].map(({ outcome }) => outcome)
    expect([outcomes, posts()]).toEqual([['UNKNOWN', 'UNKNOWN'], 1])
  })

  // `é` as one character and as two was two addresses, and one person got two accounts.
  it('where somebody has the address, whichever way its accents are written', async () => {
    const [composed, taken] = ['José@example.com', 'JOSE\u0301@example.com'].map((email) =>
      source === 'LEGACY' ? () => provisionLegacy({ email }) : () => provisionSitePartner({ email }),
    )
    await composed?.()
    expect(codes(await taken?.())).toEqual(['EMAIL_TAKEN'])
    expect(posts()).toBe(1)
  })

  it('by calls with the same key, one after the other or at once', async () => {
    const both = await Promise.all([provisionAs('once'), provisionAs('once')])
    const again = await provisionAs('once')
    expect([...both, again].map(({ outcome }) => outcome)).toEqual(['APPLIED', 'APPLIED', 'APPLIED'])
    expect(new Set([...both, again].map(({ identity }) => identity.id)).size).toBe(1)
    expect(posts()).toBe(1)
  })

  it('when somebody else is faster than our POST: EMAIL_TAKEN', async () => {
    const insert = (): void => {
      if (source === 'LEGACY') legacy().people.insert({ email: JANE.email, firstname: 'Somebody' })
      else sitePartner().people.insert({ email: JANE.email })
    }
    upstream().faults.add({ kind: 'race', run: insert, endpoint, times: 1 })
    expect(codes(await provision())).toEqual(['EMAIL_TAKEN'])
  })

  it('and a key that named something else is INVALID_INPUT', async () => {
    const first = await provisionAs('mine')
    const other = { email: 'other@example.com', idempotencyKey: first.idempotencyKey }
    const payload = source === 'LEGACY' ? await provisionLegacy(other) : await provisionSitePartner(other)
    expect(payload.errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'idempotencyKey'] }])
    expect(posts()).toBe(1)
  })

  it('and a refusal leaves the key free', async () => {
    upstream().faults.add({ kind: 'status', status: 403, endpoint, times: 1 })
    const outcomes = [await provisionAs('again'), await provisionAs('again')].map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['REJECTED', 'APPLIED'])
  })
})
