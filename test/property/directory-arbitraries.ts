import fc from 'fast-check'
import type { DirectoryFilter, DirectoryOrder } from '../../src/directory/store/store.ts'
import { SOURCES, type Identity } from '../../src/identity/identity.ts'
import { account } from '../fixtures/accounts.ts'

const T = '2024-01-01T00:00:00'
const instant = fc.constantFrom(
  null,
  undefined,
  `${T}Z`,
  `${T}.500Z`,
  '2024-01-01T01:00:00+01:00',
  '1969-12-31T23:59:59Z',
  'soon',
  '2024-02-30T00:00:00Z',
  '2025-06-07T08:09:10Z',
)
const name = fc.constantFrom(
  null,
  undefined,
  '',
  ' ',
  'Ann',
  'ann',
  'Éva',
  'Eva',
  "O'Brien-Smith",
  '李小龙',
  '𐐀',
  '\uffee',
  'Mary Ann',
  '--',
  'a\0b',
)
const email = fc.constantFrom(
  null,
  undefined,
  '',
  'ann@a.com',
  ' Ann@A.com',
  'eva@b.com',
  'éva@b.com',
  'x',
  'x@',
  'a@b@A.com',
  '𐐀@a.com',
  '\uffee@a.com',
)
const some = fc.record({
  email,
  firstName: name,
  lastName: name,
  status: fc.constantFrom(undefined, 'ACTIVE', 'ACTIVE', 'INACTIVE', 'ARCHIVED', 'UNKNOWN'),
  role: fc.constantFrom(null, undefined, 'admin', 'standard'),
  network: fc.constantFrom(null, undefined, { __typename: 'SitePartnerNetwork', id: 'n' }),
  partner: fc.constantFrom(null, { __typename: 'SitePartner', id: 'p' }, { __typename: 'SitePartner', id: 'admin' }),
  createdAt: instant,
  updatedAt: instant,
}) as fc.Arbitrary<Partial<Identity>>
export const identity = fc
  .tuple(
    fc.constantFrom(...SOURCES),
    fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'A', 'é', '𐐀', '\uffee', 'aa'),
    some,
  )
  .map(([source, sourceId, fields]) => account({ ...fields, source, sourceId }))
const filter: fc.Arbitrary<DirectoryFilter> = fc.record(
  {
    status: fc.array(fc.constantFrom('ACTIVE', 'INACTIVE', 'ARCHIVED', 'UNKNOWN'), { maxLength: 3 }),
    email: fc.constantFrom('ann@a.com', 'x', 'nobody@a.com'),
    emailDomain: fc.constantFrom('a.com', 'b.com', '', 'com'),
    search: fc.constantFrom(
      '',
      ' ',
      'a',
      'ann',
      'EVA',
      'é',
      "o'b",
      'smith o',
      'ann@',
      '"',
      '*',
      'a*',
      '--',
      '李',
      '𐐀',
      'ann AND eva',
      'mary ann@a',
    ),
    role: fc.constantFrom('admin', 'none'),
    networkId: fc.constantFrom('n', 'm'),
    partnerId: fc.constantFrom('p', 'admin'),
    createdAfter: fc.constantFrom(new Date(`${T}Z`), new Date(0)),
    createdBefore: fc.constantFrom(new Date(`${T}.500Z`), new Date(0)),
    updatedAfter: fc.constant(new Date(`${T}.500Z`)),
  },
  { requiredKeys: [] },
)
// Parts rule each other out, and most of all together leave nobody.
export const fewParts = fc
  .tuple(filter, fc.nat(3))
  .map(([all, keep]) => Object.fromEntries(Object.entries(all).slice(0, keep)))
export const order: fc.Arbitrary<DirectoryOrder> = fc.record({
  field: fc.constantFrom('BY_SOURCE', 'CREATED_AT', 'UPDATED_AT', 'EMAIL', 'NAME'),
  direction: fc.constantFrom('ASC', 'DESC'),
})
export const sources = fc.subarray([...SOURCES], { minLength: 1 })

/** What happens to one account. */
export type Write = { readonly kind: 'save' | 'remove'; readonly identity: Identity }
export const write: fc.Arbitrary<Write> = fc.record({
  kind: fc.constantFrom('save', 'save', 'save', 'save', 'remove'),
  identity,
})
