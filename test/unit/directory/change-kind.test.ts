import { describe, expect, it } from 'vitest'
import { judgeChange } from '../../../src/directory/store/change-kind.ts'
import { toFields, type Fields } from '../../../src/directory/store/fields.ts'
import type { IdentityStatus } from '../../../src/identity/identity.ts'
import { account } from '../../fixtures/accounts.ts'

const some = toFields(account({ source: 'LEGACY', sourceId: 'a' }))
const withStatus = (status: IdentityStatus | undefined): Fields => ({ ...some, status })

describe('what happened to an account', () => {
  it('is that it came, or went, and then no field is named', () => {
    expect(judgeChange(undefined, some)).toEqual({ kind: 'PROVISIONED', fields: [] })
    expect(judgeChange(some, undefined)).toEqual({ kind: 'GONE', fields: [] })
  })

  it('is nothing where nothing differs, or nobody was ever there', () => {
    expect(judgeChange(some, { ...some })).toBeUndefined()
    expect(judgeChange(undefined, undefined)).toBeUndefined()
  })

  it.each<[IdentityStatus, IdentityStatus, string]>([
    ['ACTIVE', 'INACTIVE', 'DEACTIVATED'],
    ['ARCHIVED', 'INACTIVE', 'DEACTIVATED'],
    ['UNKNOWN', 'INACTIVE', 'DEACTIVATED'],
    ['ACTIVE', 'ARCHIVED', 'ARCHIVED'],
    ['INACTIVE', 'ARCHIVED', 'ARCHIVED'],
    ['UNKNOWN', 'ARCHIVED', 'ARCHIVED'],
    ['INACTIVE', 'ACTIVE', 'REACTIVATED'],
    ['ARCHIVED', 'ACTIVE', 'REACTIVATED'],
    ['UNKNOWN', 'ACTIVE', 'UPDATED'],
    ['ACTIVE', 'UNKNOWN', 'UPDATED'],
    ['INACTIVE', 'UNKNOWN', 'UPDATED'],
    ['ARCHIVED', 'UNKNOWN', 'UPDATED'],
  ])('from %s to %s is %s', (before, after, kind) => {
    expect(judgeChange(withStatus(before), withStatus(after))).toEqual({ kind, fields: ['status'] })
  })

  it('is told once, with every field that changed', () => {
    const after = { ...withStatus('ARCHIVED'), email: null, updatedAt: '2024-02-02T00:00:00Z' }
    expect(judgeChange(some, after)).toEqual({ kind: 'ARCHIVED', fields: ['email', 'status', 'updatedAt'] })
    expect(judgeChange(withStatus('INACTIVE'), { ...withStatus('INACTIVE'), firstName: 'x', partner: 'p' })).toEqual({
      kind: 'UPDATED',
      fields: ['firstName', 'partner'],
    })
  })

  it('is nothing where an instant is only spelt in another way', () => {
    const spelt = (text: string | null): Fields => ({ ...some, createdAt: text, updatedAt: text })
    for (const text of ['2024-02-02T00:00:00.000Z', '2024-02-02T00:00:00+00:00', '2024-02-02T01:00:00+01:00']) {
      expect(judgeChange(spelt('2024-02-02T00:00:00Z'), spelt(text))).toBeUndefined()
    }
    const fields = ['createdAt', 'updatedAt']
    for (const text of [null, 'no date', '2024-02-02T00:00:00.001Z']) {
      expect(judgeChange(spelt('2024-02-02T00:00:00Z'), spelt(text))).toEqual({ kind: 'UPDATED', fields })
    }
    expect(judgeChange(spelt('no date'), spelt('no date either'))).toEqual({ kind: 'UPDATED', fields })
    expect(
      judgeChange({ ...some, firstName: '2024-02-02T00:00:00Z' }, { ...some, firstName: '2024-02-02T00:00:00+00:00' }),
    ).toEqual({ kind: 'UPDATED', fields: ['firstName'] })
  })

  it('does not include what is learned: a field that no answer had carried before', () => {
    const sparse = { ...some, role: undefined, status: undefined }
    expect(judgeChange(sparse, { ...some, role: 'admin', status: 'INACTIVE' })).toBeUndefined()
    expect(judgeChange(sparse, { ...some, role: 'admin', status: 'INACTIVE', email: 'new' })).toEqual({
      kind: 'UPDATED',
      fields: ['email'],
    })
    expect(judgeChange({ ...some, role: null }, { ...some, role: 'admin' })).toEqual({
      kind: 'UPDATED',
      fields: ['role'],
    })
  })
})
