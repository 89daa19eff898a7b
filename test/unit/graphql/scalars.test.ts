import { parseValue } from 'graphql'
import fc from 'fast-check'
import { DateTimeResolver } from 'graphql-scalars'
import { describe, expect, test } from 'vitest'
import { DateTime, EmailAddress } from '../../../src/graphql/scalars.ts'

describe('a DateTime', () => {
  test.each([
    [new Date('2024-02-29T12:00:00.123Z'), '2024-02-29T12:00:00.123Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
    ['2024-02-29T12:00:00+02:00', '2024-02-29T10:00:00.000Z'],
  ])('goes out in UTC: %s', (value, text) => {
    expect(DateTime.serialize(value)).toBe(text)
  })

  test.each(['secret rubbish', '', '2024-13-01T00:00:00Z', new Date(Number.NaN), {}])(
    'of a source that is no date is a coded error which does not repeat it: %j',
    (value) => {
      expect(() => DateTime.serialize(value)).toThrow(
        expect.objectContaining({
          code: 'UPSTREAM_INVALID_RESPONSE',
          message: expect.not.stringMatching(/secret|2024|NaN/),
        }),
      )
    },
  )

  test.each([
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
    ['2024-02-29T12:00:00.5-01:30', '2024-02-29T13:30:00.500Z'],
  ])('comes in as an instant: %s', (text, instant) => {
    expect(DateTime.parseValue(text).toISOString()).toBe(instant)
    expect(DateTime.parseLiteral(parseValue(`"${text}"`)).toISOString()).toBe(instant)
  })

  test.each(['2024-02-30T12:00:00Z', '2024-02-29', '2024-02-29T12:00:00', 'yesterday', '', 5.5, true, null, {}])(
    'is not taken from %j',
    (value) => {
      expect(() => DateTime.parseValue(value)).toThrow()
    },
  )

  test.each(['"2024-02-29"', '12', 'true', '{}'])('is not taken from the literal %s', (literal) => {
    expect(() => DateTime.parseLiteral(parseValue(literal))).toThrow()
  })
})

test('a DateTime goes out as the strict reading of the library has it, whatever the text', () => {
  const outcome = (serialize: () => string): string => {
    try {
      return serialize()
    } catch {
      return 'refused'
    }
  }
  const digits = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))
  const text = fc
    .tuple(
      fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: -2, max: 12_345 })).map((year) => String(year)),
      fc.constantFrom('-', '-', '-', '/'),
      digits(14),
      digits(33),
      fc.constantFrom('T', 'T', 'T', 't', ' '),
      digits(25),
      digits(61),
      digits(61),
      fc.constantFrom('', '', '.', '.0', '.5', '.123', '.1234', ',123'),
      fc.constantFrom('Z', 'Z', 'Z', 'z', '', ' ', '+01:00', '-00:00', '+0100', 'ZZ', ' GMT'),
    )
    .map(
      ([year, dash, month, day, t, hour, minute, second, fraction, zone]) =>
        `${year.padStart(4, '0')}${dash}${month}${dash}${day}${t}${hour}:${minute}:${second}${fraction}${zone}`,
    )
  fc.assert(
    fc.property(text, (value) => {
      const strict = outcome(() => DateTimeResolver.serialize(value).toISOString())
      expect(outcome(() => DateTime.serialize(value))).toBe(strict)
    }),
    { numRuns: 5_000, examples: [['2024-02-30T12:00:00Z'], ['2024-02-30T12:00:00.000Z'], ['0000-01-01T00:00:00Z']] },
  )
})

test.each(['ana.silva@example.com', 'Ana@Example.COM', 'no at sign', ' ', 'ü@', '"quoted @"@x'])(
  'an EmailAddress is shown as its source has it: %j',
  (address) => {
    expect(EmailAddress.serialize(address)).toBe(address)
  },
)
