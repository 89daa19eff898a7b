import { expect, it } from 'vitest'
import { CARRIED_FIELDS, missingBitsOfAny, missingFields, settled } from '../../../src/identity/identity.ts'
import { SourceAccount } from '../../../src/identity/source-account.ts'
import { account, listed } from '../../fixtures/accounts.ts'

const whole = account({ source: 'LEGACY', sourceId: '1' })

it.each(CARRIED_FIELDS)('an answer that did not carry %s lacks that field alone', (field) => {
  expect(missingFields({ ...whole, [field]: undefined })).toEqual([field])
})

it('an answer with all fields lacks none, and settles as it is', () => {
  expect(missingFields(whole)).toEqual([])
  expect(settled(whole)).toBe(whole)
})

it('what one row or another lacks, the page does not surely have', () => {
  const rows = [{ ...whole, email: undefined }, whole, { ...whole, updatedAt: undefined }]
  expect(missingBitsOfAny(rows)).toBe(missingBitsOfAny([{ ...whole, email: undefined, updatedAt: undefined }]))
  expect(missingBitsOfAny([])).toBe(0)
})

it.each([whole, listed(whole)])('an account of a source has each field as it was shown', (shown) => {
  expect(new SourceAccount(shown)).toEqual(shown)
})
