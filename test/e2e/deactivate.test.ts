import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startOver } from './subgraph.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

const ANA = KNOWN_PEOPLE.ana.legacy
const ANA_ID = `legacy:${ANA.user_id}`
const BEN_ID = `legacy:${KNOWN_PEOPLE.ben.legacy.user_id}`
const OWNER = KNOWN_PEOPLE.ingrid.legacy
const OWNER_ID = `legacy:${OWNER.user_id}`
const PARTNER_ANA = KNOWN_PEOPLE.ana.sitePartner
const PARTNER_ANA_ID = `site-partner:${PARTNER_ANA.id}`
const PUT = 'PUT /user/{user_id}'
const DELETE = 'DELETE /user/{user_id}'
const ARCHIVE = 'POST /asset-management/v1/site-partner-users/{id}/archive'

let subgraph: WritingSubgraph
beforeAll(async () => void (subgraph = await startWriting()))
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

const legacy = () => subgraph.simulator.legacy
const sitePartner = () => subgraph.simulator.sitePartner
const deactivate = (id: string) => subgraph.write('deactivateIdentity', { id })
const reactivate = (id: string) => subgraph.write('reactivateIdentity', { id })
const remove = (id: string, confirmEmail: string) => subgraph.write('deleteIdentity', { id, confirmEmail })

describe('a LEGACY account', () => {
  it('is shut out by its status, and keeps all else; and is let in again', async () => {
    const before = legacy().people.get(ANA.user_id)
    expect(await deactivate(ANA_ID)).toMatchObject({
      outcome: 'APPLIED',
      identity: { status: 'INACTIVE', email: ANA.email },
    })
    expect(legacy().people.get(ANA.user_id)).toEqual({ ...before, status: 'inactive', updated_at: expect.any(String) })
    expect(await reactivate(ANA_ID)).toMatchObject({ outcome: 'APPLIED', identity: { status: 'ACTIVE' } })
    expect(legacy().people.get(ANA.user_id)).toEqual({ ...before, updated_at: expect.any(String) })
  })

  it('that is as wanted is UNCHANGED', async () => {
    expect(await deactivate(BEN_ID)).toMatchObject({ outcome: 'UNCHANGED', identity: { status: 'INACTIVE' } })
    expect(await reactivate(ANA_ID)).toMatchObject({ outcome: 'UNCHANGED', identity: { status: 'ACTIVE' } })
    expect(legacy().calls.count(PUT)).toBe(0)
  })

  it('that there is not is NOT_FOUND', async () => {
    expect(await deactivate('legacy:nobody')).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'NOT_FOUND' }] })
  })

  it('that came in part cannot be shut out without wiping the rest', async () => {
    legacy().switches.detail = 'sparse'
    expect(await deactivate(ANA_ID)).toMatchObject({ errors: [{ code: 'INCOMPLETE_RECORD' }] })
    expect(legacy().calls.count(PUT)).toBe(0)
  })
})

describe('the account that owns our keys is PROTECTED', () => {
  it.each([
    ['from deactivation', () => deactivate(OWNER_ID)],
    ['from deletion, even unconfirmed', () => remove(OWNER_ID, 'somebody@example.com')],
  ])('%s, with one call', async (_what, attempt) => {
    expect(await attempt()).toMatchObject({
      outcome: 'REJECTED',
      errors: [{ code: 'PROTECTED', path: ['input', 'id'] }],
    })
    expect(legacy().calls.byEndpoint()).toEqual({ 'GET /user/self': 1 })
  })

  it('whatever its state is', async () => {
    const self = { user: { user_id: KNOWN_PEOPLE.ben.legacy.user_id } }
    legacy().faults.add({ kind: 'status', status: 200, body: self, endpoint: 'GET /user/self' })
    expect(await deactivate(BEN_ID)).toMatchObject({ errors: [{ code: 'PROTECTED' }] })
  })

  it('also under another spelling of its id', async () => {
    legacy().switches.numericIds = true
    const { errors } = await subgraph.send('deactivateIdentity', { id: OWNER_ID })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_INVALID_RESPONSE' } }])
    expect(await deactivate(`legacy:${OWNER.user_id.replaceAll(/\D/g, '')}`)).toMatchObject({
      errors: [{ code: 'PROTECTED' }],
    })
    expect(legacy().calls.count(PUT)).toBe(0)
  })

  it('and where nobody can say which one it is, nobody is shut out', async () => {
    legacy().faults.add({ kind: 'status', status: 404, endpoint: 'GET /user/self' })
    const { errors } = await subgraph.send('deactivateIdentity', { id: ANA_ID })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_INVALID_RESPONSE' } }])
    expect(legacy().calls.count(PUT)).toBe(0)
  })
})

describe('a SITE_PARTNER account', () => {
  it.each([200, 204] as const)('is archived (%s), and the answer still says who it was', async (status) => {
    Object.assign(sitePartner().switches, { archiveStatus: status, archiveWipesNames: true })
    const { email, firstName, lastName } = PARTNER_ANA
    const identity = { email, firstName, lastName, status: 'ARCHIVED' }
    const payload = await deactivate(PARTNER_ANA_ID)
    expect(payload).toMatchObject({ outcome: 'APPLIED', errors: [], identity })
    const { data } = await subgraph.ask(`{ identity(id: "${PARTNER_ANA_ID}") { status email updatedAt } }`)
    expect(data.identity).toEqual({ status: 'ARCHIVED', email: null, updatedAt: payload.identity.updatedAt })
    expect(await deactivate(PARTNER_ANA_ID)).toMatchObject({ outcome: 'UNCHANGED', identity: { status: 'ARCHIVED' } })
    expect(sitePartner().calls.count(ARCHIVE)).toBe(1)
  })

  it.each([
    ['was made and only its answer lost', { kind: 'drop-after' }, 1, true],
    ['was made, and the archived are not listed', { kind: 'drop-after' }, 1, false],
    ['never arrived', { kind: 'drop' }, 2, true],
  ] as const)('is archived once more only if it was not: the call %s', async (_how, fault, calls, listArchived) => {
    sitePartner().switches.listArchived = listArchived
    sitePartner().faults.add({ ...fault, endpoint: ARCHIVE, times: 1 })
    expect(await deactivate(PARTNER_ANA_ID)).toMatchObject({
      outcome: 'APPLIED',
      identity: { email: PARTNER_ANA.email },
    })
    expect(sitePartner().people.get(PARTNER_ANA.id)).toMatchObject({ isArchived: true })
    expect(sitePartner().calls.count(ARCHIVE)).toBe(calls)
  })

  it('is UNKNOWN where the source says yes and goes on showing it as it was', async () => {
    sitePartner().faults.add({ kind: 'status', status: 200, body: '', endpoint: ARCHIVE })
    expect(await deactivate(PARTNER_ANA_ID)).toMatchObject({
      outcome: 'UNKNOWN',
      errors: [{ code: 'OUTCOME_UNKNOWN' }],
    })
    expect(sitePartner().calls.count(ARCHIVE)).toBe(2)
  })

  it('is archived with two calls to the list: where it was, before and after', async () => {
    await deactivate(PARTNER_ANA_ID)
    sitePartner().people.update(PARTNER_ANA.id, { isArchived: false })
    sitePartner().calls.reset()
    await deactivate(PARTNER_ANA_ID)
    expect(sitePartner().calls.byEndpoint()).toEqual({ 'GET /asset-management/v1/site-partner-users': 2, [ARCHIVE]: 1 })
  })

  it('has no way back, and that is said without a call', async () => {
    expect(await reactivate(PARTNER_ANA_ID)).toMatchObject({
      errors: [{ code: 'NOT_SUPPORTED', path: ['input', 'id'] }],
    })
    expect(await remove(PARTNER_ANA_ID, PARTNER_ANA.email)).toMatchObject({ errors: [{ code: 'NOT_SUPPORTED' }] })
    expect(sitePartner().calls.count()).toBe(0)
  })

  it('is NOT_GRANTED by a client that may not archive', async () => {
    sitePartner().faults.add({ kind: 'status', status: 403, endpoint: ARCHIVE })
    expect(await deactivate(PARTNER_ANA_ID)).toMatchObject({ errors: [{ code: 'NOT_GRANTED' }] })
  })
})

describe('deletion', () => {
  it('is for good, and the answer says who it was', async () => {
    const payload = await remove(ANA_ID, 'ANA.Silva@example.com')
    expect(payload).toMatchObject({ outcome: 'APPLIED', identity: { email: ANA.email, firstName: 'Ana' } })
    expect(legacy().people.get(ANA.user_id)).toBeUndefined()
    expect(await subgraph.ask(`{ identity(id: "${ANA_ID}") { id } }`)).toEqual({ data: { identity: null } })
    expect(await remove(ANA_ID, ANA.email)).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] })
  })

  it.each([
    ['another address', ANA_ID, 'ana@example.com'],
    ['an account that has none', `legacy:${KNOWN_PEOPLE.mai.legacy.user_id}`, 'mai@example.com'],
  ])('needs the right address: %s is INVALID_INPUT', async (_what, id, email) => {
    expect(await remove(id, email)).toMatchObject({
      errors: [{ code: 'INVALID_INPUT', path: ['input', 'confirmEmail'] }],
    })
    expect(legacy().calls.count(DELETE)).toBe(0)
  })

  it.each([
    ['was made and only its answer lost', { kind: 'drop-after' }, 1],
    ['never arrived', { kind: 'drop' }, 2],
  ] as const)('is asked for once more only if it was not done: the call %s', async (_how, fault, calls) => {
    legacy().faults.add({ ...fault, endpoint: DELETE, times: 1 })
    expect(await remove(ANA_ID, ANA.email)).toMatchObject({ outcome: 'APPLIED' })
    expect([legacy().people.get(ANA.user_id), legacy().calls.count(DELETE)]).toEqual([undefined, calls])
  })

  // The first DELETE was lost on the way, the second one refused, and the caller was told that nothing had been deleted.
  it('is UNKNOWN where the second try is refused: the first may yet arrive', async () => {
    legacy().faults.add({ kind: 'drop', endpoint: DELETE, times: 1 })
    legacy().faults.add({ kind: 'status', status: 403, endpoint: DELETE, skip: 1 })
    expect(await remove(ANA_ID, ANA.email)).toMatchObject({ outcome: 'UNKNOWN', errors: [{ code: 'OUTCOME_UNKNOWN' }] })
  })

  it('answered with 404 proves nothing when it is the first', async () => {
    legacy().faults.add({ kind: 'status', status: 404, endpoint: DELETE })
    expect(await remove(ANA_ID, ANA.email)).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'NOT_FOUND' }] })
  })

  it('is UNKNOWN where it cannot be found out', async () => {
    legacy().faults.add({ kind: 'hang', after: true, endpoint: DELETE })
    legacy().faults.add({ kind: 'status', status: 503, endpoint: 'GET /user/{user_id}', skip: 1 })
    expect(await remove(ANA_ID, ANA.email)).toMatchObject({ outcome: 'UNKNOWN', errors: [{ code: 'OUTCOME_UNKNOWN' }] })
  })
})
