import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toFields, type Fields } from '../../../src/directory/store/fields.ts'
import { firstKnown, merged, type Known } from '../../../src/directory/store/merge.ts'
import { CARRIED_FIELDS } from '../../../src/identity/identity.ts'
import { account, listed } from '../../fixtures/accounts.ts'

function reading(askedAt: number, email: string, role?: string): Known {
  const identity = account({ source: 'LEGACY', sourceId: 'a', email, role })
  return firstKnown(toFields(role === undefined ? listed(identity) : identity), askedAt, askedAt)
}

/** The order in which they arrive. */
function known(...[first, ...others]: [Known, ...Known[]]): Known {
  return others.reduce(merged, first)
}

describe('what is known after several readings', () => {
  it('is what was asked for last, in whatever order it arrives', () => {
    const [one, two] = [reading(1, 'old@a.com', 'old'), reading(2, 'new@a.com', 'new')]
    expect(known(one, two)).toEqual(two)
    expect(known(two, one)).toEqual(two)
  })

  it('keeps what a later reading did not carry', () => {
    expect(known(reading(1, 'old@a.com', 'admin'), reading(2, 'new@a.com')).fields).toMatchObject({
      email: 'new@a.com',
      role: 'admin',
    })
  })

  it('takes from an older reading what no newer one carried, and nothing else', () => {
    const { fields, age } = known(reading(2, 'new@a.com'), reading(1, 'old@a.com', 'admin'))
    expect(fields).toMatchObject({ email: 'new@a.com', role: 'admin' })
    expect(age).toMatchObject({ askedAt: 2, asOf: 2 })
  })

  it('is never taken for younger than the oldest of it', () => {
    const { fields } = reading(1, 'a@a.com', 'admin')
    const [all, some] = [firstKnown(fields, 1, 1), firstKnown({ ...fields, role: undefined, locale: undefined }, 5, 5)]
    const few = firstKnown({ ...fields, role: undefined, locale: undefined, email: undefined }, 7, 7)
    // The address is of 5 then, role and locale of 1.
    expect(known(all, some, few).age).toMatchObject({ askedAt: 7, restAskedAt: 1 })
    const role = firstKnown({ ...few.fields, role: 'x', status: undefined }, 6, 6)
    expect(known(all, some, few, role).age.restAskedAt).toBe(1)
    // One that tells all of the rest makes it young; one that comes late and tells nothing better does not.
    expect(known(all, some, few, firstKnown(fields, 6, 6)).age.restAskedAt).toBe(6)
    expect(known(all, some, few, firstKnown(fields, 6, 6), firstKnown(fields, 3, 3)).age.restAskedAt).toBe(6)
    const unread = firstKnown({ ...few.fields, locale: undefined }, 9, 9)
    expect(
      known(unread, firstKnown({ ...fields, locale: undefined }, 4, 4), firstKnown(fields, 2, 2)).age.restAskedAt,
    ).toBe(2)
  })

  it('tells a null that was carried from a field that was not', () => {
    const cleared = firstKnown({ ...reading(2, 'a@a.com', 'x').fields, role: null }, 2, 2)
    expect(known(reading(1, 'a@a.com', 'admin'), cleared).fields.role).toBeNull()
  })

  it('lets a second answer to questions of the same moment stand', () => {
    expect(known(reading(1, 'one@a.com', 'x'), reading(1, 'two@a.com', 'x')).fields.email).toBe('two@a.com')
  })

  it('is, field by field, from the youngest reading that carried it: of lists and of single accounts', () => {
    const some = fc.record({
      askedAt: fc.nat(9),
      email: fc.constantFrom('a', 'b', 'c'),
      role: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 12 }), (arrivals) => {
        const readings = arrivals.map(({ askedAt, email, role }) => reading(askedAt, email, role)) as [
          Known,
          ...Known[],
        ]
        const youngest = CARRIED_FIELDS.map((field) => {
          const carrying = readings.filter(({ fields }) => fields[field] !== undefined)
          // Of those asked for at the same moment, the one that arrived last.
          const last = Math.max(...carrying.map(({ age }) => age.askedAt))
          return [field, carrying.findLast(({ age }) => age.askedAt === last)?.fields[field]]
        })
        expect(known(...readings).fields).toEqual(Object.fromEntries(youngest) as Fields)
      }),
      { numRuns: 2_000 },
    )
  })
})
