import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { usualText } from '../../../src/directory/store/usual-instant.ts'

/** The outermost instants of `Date`. */
const OUTERMOST = 8_640_000_000_000_000

describe('the usual text of an instant', () => {
  it('has no fraction where that would be zeros', () => {
    expect(usualText(1_700_000_000_000)).toBe('2023-11-14T22:13:20Z')
    expect(usualText(1_700_000_000_007)).toBe('2023-11-14T22:13:20.007Z')
  })

  it('is that of Date for every instant, years of six digits and those before 1970 among them', () => {
    fc.assert(
      fc.property(fc.integer({ min: -OUTERMOST, max: OUTERMOST }), (instant) => {
        expect(usualText(instant)).toBe(new Date(instant).toISOString().replace('.000Z', 'Z'))
      }),
    )
    for (const instant of [0, -1, 1, -1000, OUTERMOST, -OUTERMOST]) {
      expect(usualText(instant)).toBe(new Date(instant).toISOString().replace('.000Z', 'Z'))
    }
  })
})
