import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startOver, upstreamCalls } from './subgraph.ts'
import { startWriting, type MutationName, type WritingSubgraph } from './writing.ts'

const ANA_ID = `legacy:${KNOWN_PEOPLE.ana.legacy.user_id}`
const PARTNER_ANA_ID = `site-partner:${KNOWN_PEOPLE.ana.sitePartner.id}`
const JANE = { email: 'jane@example.com', firstName: 'Jane', lastName: 'Roe' }

let subgraph: WritingSubgraph
beforeAll(async () => void (subgraph = await startWriting()))
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

const long = 'x'.repeat(10_000)

describe('input that makes no sense is INVALID_INPUT with all of its paths, and nothing is called', () => {
  it.each<[string, MutationName, Record<string, unknown>, string[]]>([
    [
      'everything empty',
      'provisionLegacyIdentity',
      { email: '', firstName: ' ', lastName: '' },
      ['email', 'firstName', 'lastName'],
    ],
    [
      'controls and length',
      'provisionLegacyIdentity',
      {
        email: 'a\u0000@example.com',
        firstName: 'J\nane',
        lastName: long,
        password: 'tab\there',
        role: '',
        timezone: long,
        locale: '\u202Een',
        idempotencyKey: '',
      },
      ['email', 'firstName', 'lastName', 'password', 'role', 'timezone', 'locale', 'idempotencyKey'],
    ],
    // A name of one zero-width space was written, and everybody saw an account without a name.
    [
      'names that nobody can see',
      'provisionLegacyIdentity',
      { ...JANE, firstName: '\u200B', lastName: '\u3164 \u2800' },
      ['firstName', 'lastName'],
    ],
    ['a password that is too long', 'provisionLegacyIdentity', { ...JANE, password: long }, ['password']],
    [
      'a partner without an id',
      'provisionSitePartnerIdentity',
      { email: 'no', partnerId: 'a b', firstName: '' },
      ['email', 'partnerId', 'firstName'],
    ],
    [
      'an id of no source',
      'updateIdentity',
      { id: 'somewhere:1', email: 'no', firstName: null },
      ['id', 'email', 'firstName'],
    ],
    ['an endpoint for an id', 'updateIdentity', { id: 'legacy:self', lastName: '' }, ['id', 'lastName']],
    ['a path for an id', 'deactivateIdentity', { id: 'legacy:../user' }, ['id']],
    ['no id at all', 'reactivateIdentity', { id: '' }, ['id']],
    ['no address to confirm with', 'deleteIdentity', { id: 'x', confirmEmail: 'x' }, ['id', 'confirmEmail']],
  ])('%s', async (_what, name, input, fields) => {
    const payload = await subgraph.write(name, input)
    expect(payload).toMatchObject({ outcome: 'REJECTED', identity: null })
    expect(payload.errors.map(({ code }: any) => code)).toEqual(fields.map(() => 'INVALID_INPUT'))
    expect(payload.errors.map(({ path }: any) => path)).toEqual(fields.map((field) => ['input', field]))
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it.each([
    'plain',
    '@b.example',
    'a@',
    'a@@b.example',
    'a b@c.example',
    'a@b',
    '.a@b.example',
    'a..b@c.example',
    'a@-b.example',
    'a@b..example',
    'a,b@c.example',
    `${'a'.repeat(65)}@b.example`,
  ])('of an address: %s', async (email) => {
    const payload = await subgraph.write('provisionLegacyIdentity', { ...JANE, email })
    expect(payload.errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'email'] }])
  })

  it.each(["o'brien+tag@mail.example.com", 'jörg@bücher.example', 'x@sub.sub.example.museum', '1@2.example'])(
    'and %s is an address',
    async (email) => {
      expect(await subgraph.write('provisionLegacyIdentity', { ...JANE, email })).toMatchObject({ outcome: 'APPLIED' })
    },
  )

  it('takes names of every language', async () => {
    const names = { firstName: 'نازی\u200Cلا', lastName: "D'Ángelo-Nguyễn 明" }
    expect(await subgraph.write('updateIdentity', { id: ANA_ID, ...names })).toMatchObject({
      outcome: 'APPLIED',
      identity: names,
    })
  })
})

const MUTATIONS: [MutationName, string, Record<string, unknown>][] = [
  ['provisionLegacyIdentity', 'LEGACY', JANE],
  ['provisionSitePartnerIdentity', 'SITE_PARTNER', { email: JANE.email, partnerId: 'sp_1' }],
  ['updateIdentity', 'LEGACY', { id: ANA_ID, firstName: 'Anna' }],
  ['updateIdentity', 'SITE_PARTNER', { id: PARTNER_ANA_ID, firstName: 'Anna' }],
  ['deactivateIdentity', 'LEGACY', { id: ANA_ID }],
  ['deactivateIdentity', 'SITE_PARTNER', { id: PARTNER_ANA_ID }],
  ['reactivateIdentity', 'LEGACY', { id: ANA_ID }],
  ['deleteIdentity', 'LEGACY', { id: ANA_ID, confirmEmail: KNOWN_PEOPLE.ana.legacy.email }],
]

describe('without a setting nothing is written', () => {
  let off: WritingSubgraph
  beforeAll(async () => {
    off = await startWriting({ variables: { LEGACY_WRITES: '', SITE_PARTNER_WRITES: 'off', LEGACY_DELETE: 'on' } })
  })
  afterAll(() => off.close())

  it.each(MUTATIONS)('%s of %s is WRITES_DISABLED, with no call', async (name, source, input) => {
    const payload = await off.write(name, input)
    expect(payload).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'WRITES_DISABLED', path: null }] })
    expect(payload.errors[0].message).toContain(`${source}_WRITES`)
    expect(upstreamCalls(off)).toBe(0)
  })
})

it('deletion has a setting of its own', async () => {
  const careful = await startWriting({ variables: { LEGACY_DELETE: '' } })
  const payload = await careful.write('deleteIdentity', { id: ANA_ID, confirmEmail: KNOWN_PEOPLE.ana.legacy.email })
  expect(payload).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'WRITES_DISABLED' }] })
  expect(payload.errors[0].message).toContain('LEGACY_DELETE')
  expect(upstreamCalls(careful)).toBe(0)
  await careful.close()
})

it('a source without credentials is NOT_SUPPORTED', async () => {
  const alone = await startWriting({ variables: { SITE_PARTNER_CLIENT_ID: '', SITE_PARTNER_CLIENT_SECRET: '' } })
  const payload = await alone.write('deactivateIdentity', { id: PARTNER_ANA_ID })
  expect(payload).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'NOT_SUPPORTED' }] })
  await alone.close()
})
