import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantColumns, instantText } from '../../../src/directory/store/instant-columns.ts'

/** An instant that can be shown: `Date.parse` alone takes almost any text. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i

const padded = (min: number, max: number, length = 2) =>
  fc.integer({ min, max }).map((value) => String(value).padStart(length, '0'))
const instants = fc
  .tuple(
    fc.oneof(padded(0, 9_999, 4), padded(0, 120, 4), padded(1_965, 2_030, 4)),
    padded(0, 13),
    padded(0, 32),
    fc.constantFrom('T', 'T', 'T', 't', ' '),
    padded(0, 25),
    padded(0, 60),
    padded(0, 61),
    fc.constantFrom('', '', '.000', '.001', '.120', '.5', '.123456', '.', ',5'),
    fc.constantFrom('Z', 'Z', 'Z', 'z', '+00:00', '-23:59', '+14:00', ''),
  )
  .map(([year, month, day, t, hour, minute, second, ...end]) =>
    [`${year}-${month}-${day}${t}${hour}:${minute}:${second}`, ...end].join(''),
  )

describe('the columns of an instant', () => {
  it('hold the instant of Date whatever the text, and give the text back letter by letter', () => {
    fc.assert(
      fc.property(instants, (text) => {
        const parsed = INSTANT.test(text) ? Date.parse(text) : Number.NaN
        const [instant, kept] = instantColumns(text)
        expect(instant).toBe(Number.isNaN(parsed) ? null : parsed)
        expect(instantText(instant, kept)).toBe(text)
      }),
      {
        numRuns: 5_000,
        examples: [
          ['0099-01-01T00:00:00Z'],
          ['0000-01-01T00:00:00Z'],
          ['9999-12-31T23:59:59-01:00'],
          ['1969-12-31T23:59:59.999Z'],
          ['2024-02-29T12:00:00.000Z'],
          ['2023-02-29T12:00:00Z'],
          ['2016-12-31T23:59:60Z'],
          ['2024-01-01T24:00:00Z'],
        ],
      },
    )
  })

  it('hold no second text of an instant that is written as usual', () => {
    expect(instantColumns('2024-02-28T12:00:00Z')).toEqual([Date.UTC(2024, 1, 28, 12), null])
    expect(instantColumns('1969-12-31T23:59:59.007Z')).toEqual([-993, null])
    expect([instantColumns(null), instantText(null, null)]).toEqual([[null, null], null])
  })
})
