import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startOver } from './subgraph.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

const ANA = KNOWN_PEOPLE.ana.legacy
const ANA_ID = `legacy:${ANA.user_id}`
const PARTNER_ANA = KNOWN_PEOPLE.ana.sitePartner
const PARTNER_ANA_ID = `site-partner:${PARTNER_ANA.id}`
const ONE = 'GET /user/{user_id}'
const PUT = 'PUT /user/{user_id}'
const LIST = 'GET /asset-management/v1/site-partner-users'
const PATCH = 'PATCH /asset-management/v1/site-partner-users/{id}'

let subgraph: WritingSubgraph
beforeAll(async () => void (subgraph = await startWriting()))
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

const legacy = () => subgraph.simulator.legacy
const sitePartner = () => subgraph.simulator.sitePartner
const update = (input: object, id = ANA_ID) => subgraph.write('updateIdentity', { id, ...input })
const ana = () => legacy().people.get(ANA.user_id)
const partnerAna = () => sitePartner().people.get(PARTNER_ANA.id)

describe('a LEGACY account', () => {
  it('keeps every field that is not changed, those that nobody here knows among them', async () => {
    legacy().people.update(ANA.user_id, { status: 'inactive', role: 'admin', phone: '+351 555 0100' })
    const before = ana()
    const payload = await update({ firstName: 'Anna', locale: null })
    expect(payload).toMatchObject({
      outcome: 'APPLIED',
      errors: [],
      identity: { firstName: 'Anna', status: 'INACTIVE' },
    })
    const updated_at = expect.any(String)
    expect(ana()).toEqual({ ...before, firstname: 'Anna', locale: null, updated_at })
    expect(legacy().calls.byEndpoint()).toEqual({ [ONE]: 2, [PUT]: 1 })
  })

  it('shows what was written at once, in the answer and to whoever asks after it', async () => {
    const read = async () =>
      (await subgraph.ask(`{ identity(id: "${ANA_ID}") { firstName holder { identities { firstName } } } }`)).data
        .identity
    await read()
    await update({ firstName: 'Anna' })
    expect(await read()).toMatchObject({ firstName: 'Anna', holder: { identities: [{ firstName: 'Anna' }, {}] } })
  })

  it('without an address is changed without one', async () => {
    const mai = KNOWN_PEOPLE.mai.legacy.user_id
    expect(await update({ firstName: 'Maï' }, `legacy:${mai}`)).toMatchObject({ outcome: 'APPLIED', errors: [] })
    expect(legacy().people.get(mai)).toMatchObject({ firstname: 'Maï', email: null })
  })

  it('is UNCHANGED where nothing is to change, and nothing is written', async () => {
    const outcomes = [await update({ firstName: 'Ana', role: 'standard' }), await update({})]
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['UNCHANGED', 'UNCHANGED'])
    expect(outcomes[0].identity).toMatchObject({ firstName: 'Ana', email: ANA.email })
    expect(legacy().calls.byEndpoint()).toEqual({ [ONE]: 2 })
  })

  it('that comes in part cannot be put back: INCOMPLETE_RECORD names the keys, and nothing is sent', async () => {
    legacy().switches.detail = 'sparse'
    const payload = await update({ firstName: 'Anna', role: 'admin' })
    expect(payload).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'INCOMPLETE_RECORD' }] })
    expect(payload.errors[0].message).toContain('timezone, locale')
    expect(payload.errors[0].message).not.toContain('role')
    expect(legacy().calls.count(PUT)).toBe(0)
  })

  it('that comes in part can be, where the input has the rest', async () => {
    legacy().switches.detail = 'sparse'
    const words = { role: 'admin', timezone: 'Asia/Tokyo', locale: null }
    expect(await update(words)).toMatchObject({ outcome: 'APPLIED', errors: [] })
    expect(ana()).toMatchObject({ ...words, firstname: 'Ana' })
  })

  it('is a CONFLICT where it is newer than what the caller saw, and nothing is sent', async () => {
    const { data } = await subgraph.ask(`{ identity(id: "${ANA_ID}") { updatedAt } }`)
    const expectedUpdatedAt = data.identity.updatedAt
    expect(await update({ firstName: 'Anna', expectedUpdatedAt })).toMatchObject({ outcome: 'APPLIED' })
    const stale = await update({ firstName: 'Anya', expectedUpdatedAt })
    expect(stale).toMatchObject({
      outcome: 'REJECTED',
      errors: [{ code: 'CONFLICT' }],
      identity: { firstName: 'Anna' },
    })
    expect(legacy().calls.count(PUT)).toBe(1)
  })

  it.each([
    ['in another field: ours stands, and that is said', { lastname: 'Souza' }, 'PARTIAL'],
    ['in the same field: ours is lost, and that is said', { firstname: 'Annie' }, 'REJECTED'],
    ['in a field that nobody here knows', { phone: '+351 555 0199' }, 'PARTIAL'],
  ] as const)(
    'is a CONFLICT where somebody else changes it between our two reads, %s',
    async (_how, change, outcome) => {
      const run = (): void => void legacy().people.update(ANA.user_id, change)
      legacy().faults.add({ kind: 'race', run, endpoint: PUT, after: true, times: 1 })
      const payload = await update({ firstName: 'Anna' })
      expect(payload).toMatchObject({ outcome, errors: [{ code: 'CONFLICT', path: null }] })
      expect(payload.identity).toMatchObject({ firstName: ana()?.firstname, lastName: ana()?.lastname })
      expect(ana()).toMatchObject(change)
    },
  )

  it.each([
    ['was made and only its answer lost', { kind: 'drop-after' }, 1],
    ['was made and never answered', { kind: 'hang', after: true }, 1],
    ['never arrived', { kind: 'drop' }, 2],
    ['was answered by a proxy', { kind: 'status', status: 502 }, 2],
  ] as const)('is changed once more only if the PUT was not made: it %s', async (_how, fault, puts) => {
    legacy().faults.add({ ...fault, endpoint: PUT, times: 1 })
    expect(await update({ firstName: 'Anna' })).toMatchObject({ outcome: 'APPLIED', identity: { firstName: 'Anna' } })
    expect([ana()?.firstname, legacy().calls.count(PUT)]).toEqual(['Anna', puts])
  })

  it('is UNKNOWN where it cannot be found out', async () => {
    legacy().faults.add({ kind: 'drop-after', endpoint: PUT })
    legacy().faults.add({ kind: 'status', status: 503, endpoint: ONE, skip: 1 })
    const payload = await update({ firstName: 'Anna' })
    expect(payload).toMatchObject({ outcome: 'UNKNOWN', identity: null, errors: [{ code: 'OUTCOME_UNKNOWN' }] })
  })

  it('is UNKNOWN where the second try is refused: the first may yet arrive', async () => {
    legacy().faults.add({ kind: 'drop', endpoint: PUT, times: 1 })
    legacy().faults.add({ kind: 'throttle', endpoint: PUT })
    expect(await update({ firstName: 'Anna' })).toMatchObject({ outcome: 'UNKNOWN', identity: { firstName: 'Ana' } })
    expect(legacy().calls.count(PUT)).toBe(2)
  })

  // Its PUT was lost on the way, the second one was answered with 403, and the caller was told REJECTED; then the first arrived.
  it.each([403, 400, 404] as const)(
    'is UNKNOWN where the second try is answered with %s: the first may yet arrive',
    async (status) => {
      legacy().faults.add({ kind: 'drop', endpoint: PUT, times: 1 })
      legacy().faults.add({ kind: 'status', status, endpoint: PUT, skip: 1 })
      expect(await update({ firstName: 'Anna' })).toMatchObject({ outcome: 'UNKNOWN', identity: { firstName: 'Ana' } })
      expect(legacy().calls.count(PUT)).toBe(2)
    },
  )

  it('is an error that may be tried again where the first try is refused', async () => {
    legacy().faults.add({ kind: 'throttle', endpoint: PUT })
    const { data, errors } = await subgraph.send('updateIdentity', { id: ANA_ID, firstName: 'Anna' })
    expect(data).toEqual({ updateIdentity: null })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_THROTTLED', retryable: true } }])
  })

  it('is refused by a source that says yes and does nothing', async () => {
    legacy().faults.add({ kind: 'status', status: 200, body: {}, endpoint: PUT })
    const payload = await update({ firstName: 'Anna' })
    expect(payload).toMatchObject({
      outcome: 'REJECTED',
      errors: [{ code: 'REJECTED_BY_SOURCE', path: ['input', 'firstName'] }],
    })
  })

  it('is EMAIL_TAKEN with who has the address, where the source says that it is in use', async () => {
    const payload = await update({ email: 'BEN.okafor@example.org' })
    const id = `legacy:${KNOWN_PEOPLE.ben.legacy.user_id}`
    expect(payload).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'EMAIL_TAKEN' }], identity: { id } })
  })

  it.each([
    ['403', { kind: 'status', status: 403 }],
    [
      '401 that speaks of permission',
      { kind: 'status', status: 401, body: { error: { type: 'Access Permission Denied' } } },
    ],
    ['401 with keys that are good for reading', { kind: 'status', status: 401 }],
  ] as const)('is NOT_GRANTED on a %s', async (_what, fault) => {
    legacy().faults.add({ ...fault, endpoint: PUT })
    expect(await update({ firstName: 'Anna' })).toMatchObject({
      outcome: 'REJECTED',
      errors: [{ code: 'NOT_GRANTED' }],
    })
  })

  it('is an error of the upstream where the keys are dead', async () => {
    legacy().faults.add({ kind: 'status', status: 401, endpoint: PUT })
    legacy().faults.add({ kind: 'status', status: 401, endpoint: 'GET /user/self' })
    const { data, errors } = await subgraph.send('updateIdentity', { id: ANA_ID, firstName: 'Anna' })
    expect(data).toEqual({ updateIdentity: null })
    expect(errors).toMatchObject([{ path: ['updateIdentity'], extensions: { code: 'UPSTREAM_UNAUTHORIZED' } }])
  })

  it('is an error that may be tried again where the source is down before anything was sent', async () => {
    legacy().faults.add({ kind: 'status', status: 503 })
    const { data, errors } = await subgraph.send('updateIdentity', { id: ANA_ID, firstName: 'Anna' })
    expect(data).toEqual({ updateIdentity: null })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', source: 'LEGACY', retryable: true } }])
    expect(legacy().calls.count(PUT)).toBe(0)
  })

  it('that there is not is NOT_FOUND', async () => {
    expect(await update({ firstName: 'X' }, 'legacy:nobody')).toMatchObject({
      errors: [{ code: 'NOT_FOUND', path: ['input', 'id'] }],
    })
  })
})

describe('a SITE_PARTNER account', () => {
  const change = (input: object) => update(input, PARTNER_ANA_ID)

  it('is changed by the changed fields alone', async () => {
    const before = partnerAna()
    const payload = await change({ firstName: 'Anna', lastName: 'Silva' })
    expect(payload).toMatchObject({ outcome: 'APPLIED', identity: { firstName: 'Anna', email: PARTNER_ANA.email } })
    expect(partnerAna()).toEqual({ ...before, firstName: 'Anna', updatedAt: expect.any(String) })
  })

  it('is UNCHANGED, CONFLICT or NOT_FOUND without a PATCH', async () => {
    const expectedUpdatedAt = '2001-01-01T00:00:00Z'
    expect(await change({ firstName: 'Ana' })).toMatchObject({ outcome: 'UNCHANGED' })
    expect(await change({ firstName: 'X', expectedUpdatedAt })).toMatchObject({ errors: [{ code: 'CONFLICT' }] })
    expect(await update({ firstName: 'X' }, 'site-partner:nobody')).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] })
    expect(sitePartner().calls.count(PATCH)).toBe(0)
  })

  it('has no role, and that is said before any call', async () => {
    const payload = await change({ role: 'admin', timezone: null, firstName: 'Anna' })
    expect(payload.errors).toMatchObject([
      { code: 'NOT_SUPPORTED', path: ['input', 'role'] },
      { code: 'NOT_SUPPORTED', path: ['input', 'timezone'] },
    ])
    expect(sitePartner().calls.count()).toBe(0)
  })

  it('cannot be changed once it is archived', async () => {
    const payload = await update({ firstName: 'X' }, `site-partner:${KNOWN_PEOPLE.dmitri.sitePartner.id}`)
    expect(payload).toMatchObject({ errors: [{ code: 'NOT_SUPPORTED', path: ['input', 'id'] }] })
  })

  it.each([
    ['was made and only its answer lost', { kind: 'drop-after' }, 1],
    ['never arrived', { kind: 'drop' }, 2],
  ] as const)('is changed once more only if the PATCH was not made: it %s', async (_how, fault, patches) => {
    sitePartner().faults.add({ ...fault, endpoint: PATCH, times: 1 })
    expect(await change({ firstName: 'Anna' })).toMatchObject({ outcome: 'APPLIED', identity: { firstName: 'Anna' } })
    expect([partnerAna()?.firstName, sitePartner().calls.count(PATCH)]).toEqual(['Anna', patches])
  })

  // The same as with a PUT: a no to the second PATCH was given for an answer to both.
  it('is UNKNOWN where the second try is refused: the first may yet arrive', async () => {
    sitePartner().faults.add({ kind: 'drop', endpoint: PATCH, times: 1 })
    sitePartner().faults.add({ kind: 'status', status: 403, endpoint: PATCH, skip: 1 })
    expect(await change({ firstName: 'Anna' })).toMatchObject({ outcome: 'UNKNOWN', identity: { firstName: 'Ana' } })
  })

  it('is a CONFLICT where the answer shows somebody else’s change beside ours', async () => {
    const run = (): void => void sitePartner().people.update(PARTNER_ANA.id, { lastName: 'Souza' })
    sitePartner().faults.add({ kind: 'race', run, endpoint: PATCH })
    const payload = await change({ firstName: 'Anna' })
    expect(payload).toMatchObject({ outcome: 'PARTIAL', errors: [{ code: 'CONFLICT' }] })
    expect(payload.identity).toMatchObject({ firstName: 'Anna', lastName: 'Souza' })
  })

  it('is UNKNOWN where the list cannot be read afterwards', async () => {
    const down = { kind: 'status', status: 500, endpoint: LIST } as const
    sitePartner().faults.add({ kind: 'race', run: () => sitePartner().faults.add(down), endpoint: PATCH })
    sitePartner().faults.add({ kind: 'drop-after', endpoint: PATCH })
    expect(await change({ firstName: 'Anna' })).toMatchObject({ outcome: 'UNKNOWN' })
  })

  it('is NOT_GRANTED by a client that may only read', async () => {
    sitePartner().switches.scope = 'read:site-partner-users'
    sitePartner().expireTokens()
    expect(await change({ firstName: 'Anna' })).toMatchObject({ errors: [{ code: 'NOT_GRANTED' }] })
  })
})
