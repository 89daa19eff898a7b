import { describe, expect, it } from 'vitest'
import type { Identity } from '../../../../src/identity/identity.ts'
import { judgeClaim } from '../../../../src/identity/writes/claim.ts'

const START = Date.parse('2026-01-02T12:00:00Z')
const wanted = { email: 'Jane@x.example', firstName: 'Jane', lastName: undefined, partnerId: 'sp_1' }
const found = (fields: Partial<Identity> = {}): Identity =>
  ({
    email: 'jane@X.example',
    firstName: 'Jane',
    lastName: null,
    partner: { __typename: 'SitePartner', id: 'sp_1' },
    createdAt: '2026-01-02T12:00:01Z',
    ...fields,
  }) as Identity

describe('an account with the address that was to be created is', () => {
  it.each([
    ['OURS', 'with the same names, created since', {}],
    ['OURS', 'by a clock that is a little behind', { createdAt: '2026-01-02T11:56:00Z' }],
    ['OURS', 'with names that were tidied up', { firstName: ' JANE ', lastName: '' }],
    ['OURS', 'where the source does not say when', { createdAt: undefined }],
    ['UNCLEAR', 'with the same names, and older', { createdAt: '2026-01-02T11:54:00Z' }],
    ['UNCLEAR', 'with other names, created since', { firstName: 'Joan' }],
    ['UNCLEAR', 'of another partner, created since', { partner: { __typename: 'SitePartner', id: 'sp_2' } }],
    ['FOREIGN', 'with other names, and older', { lastName: 'Doe', createdAt: '2025-01-02T12:00:00Z' }],
  ] as const)('%s %s', (claim, _why, fields) => {
    expect(judgeClaim(found(fields), wanted, START)).toBe(claim)
  })
})
