import { describe, expect, it } from 'vitest'
import { isReached, judgeReadBack, type Snapshot } from '../../../../src/identity/writes/read-back.ts'

const before: Snapshot = {
  values: { firstName: 'Ana', lastName: 'Silva', email: 'ana@x.example', role: 'standard', locale: null },
  others: { phone: null, address: { city: 'Porto', lines: ['1', '2'] }, version: 1 },
}
const after = (values: Snapshot['values'], others: Snapshot['others'] = {}): Snapshot => ({
  values: { ...before.values, ...values },
  others: { ...before.others, ...others },
})
const rename = { firstName: 'Anna', role: 'admin' }

describe('the reading after a write', () => {
  it.each([
    ['all is there', after(rename), 'REACHED'],
    [
      'an unknown field has moved that moves with every write',
      after(rename, { version: 2, changed_at: 'now' }),
      'REACHED',
    ],
    [
      'an object has its fields in another order',
      after(rename, { address: { lines: ['1', '2'], city: 'Porto' } }),
      'REACHED',
    ],
    [
      'what was null is not there',
      { values: { ...before.values, ...rename, locale: '' }, others: { ...before.others, phone: undefined } },
      'REACHED',
    ],
    ['a field that we had not touched is different', after({ ...rename, lastName: 'Souza' }), 'OVERTAKEN'],
    ['a field that was empty is not', after({ ...rename, locale: 'pt' }), 'OVERTAKEN'],
    [
      'an unknown field is different, deep down',
      after(rename, { address: { city: 'Porto', lines: ['1', '3'] } }),
      'OVERTAKEN',
    ],
    ['an unknown field is new', after(rename, { fax: '1' }), 'OVERTAKEN'],
    ['nothing has changed', before, 'UNTOUCHED'],
    ['one of ours has another value still', after({ firstName: 'Annie', role: 'admin' }), 'LOST'],
    ['ours is not there and something else is', after({ lastName: 'Souza' }), 'LOST'],
    ['there is nothing', null, 'GONE'],
  ] as const)('where %s is %s', (_what, found, kind) => {
    expect(judgeReadBack(before, rename, found)).toEqual({ kind })
  })

  it('names what was not taken where the rest was', () => {
    expect(judgeReadBack(before, rename, after({ firstName: 'Anna' }))).toEqual({ kind: 'NOT_TAKEN', fields: ['role'] })
  })

  it('does not hold against a field that it was not carried', () => {
    const bare = { values: { email: 'ana@x.example', role: undefined }, others: before.others }
    expect(judgeReadBack(before, { role: 'admin' }, bare)).toEqual({ kind: 'REACHED' })
  })

  it('takes an address in lower case for the same, and nothing else', () => {
    expect(isReached('email', 'Ana@X.example', 'ana@x.example')).toBe(true)
    expect(isReached('firstName', 'Ana', 'ana')).toBe(false)
    expect(isReached('role', null, '')).toBe(true)
  })
})
