import { describe, expect, it } from 'vitest'
import { DateTime } from '../../../src/graphql/scalars.ts'
import { toInstantText } from '../../../src/sources/instant-text.ts'

describe('a timestamp as an upstream has it', () => {
  it.each([
    ['2023-06-07T17:32:28Z', '2023-06-07T17:32:28.000Z'],
    ['2025-01-15T10:30:00.123Z', '2025-01-15T10:30:00.123Z'],
    ['2019-03-01T12:01:00+02:00', '2019-03-01T10:01:00.000Z'],
    ['2019-03-01T12:01:00+0200', '2019-03-01T10:01:00.000Z'],
    ['2019-03-01 12:01:00 +02', '2019-03-01T10:01:00.000Z'],
    ['2011-08-20 17:56:23', '2011-08-20T17:56:23.000Z'],
    ['2011-08-20T17:56:23.5', '2011-08-20T17:56:23.500Z'],
    ['2011-08-20 17:56:23Z', '2011-08-20T17:56:23.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(DateTime.serialize(toInstantText(text))).toBe(expected)
  })

  it.each([
    ['', null],
    ['0000-00-00 00:00:00', null],
    ['0000-00-00', null],
    [null, null],
    [undefined, undefined],
  ])('%j is %j', (text, expected) => {
    expect(toInstantText(text)).toBe(expected)
  })

  it.each([
    '0000-00-00T00:00:00Z',
    '0099-01-01T00:00:00Z',
    '2024-01-01T00:00:00 Z',
    '2024-01-01T00:00:00.5Z',
    '2024/01/01T00:00:00Z',
  ])('%j is read by the whole rule, whatever its marks', (text) => {
    const byRule = text.startsWith('0000') ? null : text.replace(' Z', 'Z')
    expect(toInstantText(text)).toBe(byRule)
  })

  // `new Date` makes a date of almost any text, and reads what has no zone in the server's.
  it.each([
    'yesterday',
    'pending 1',
    '2024-02-30T00:00:00Z',
    '01/02/2024',
    '2024-01-01',
    '1704067200',
    '2024-13-01 00:00:00',
  ])('%j is no date, and shown as none', (text) => {
    expect(() => DateTime.serialize(toInstantText(text))).toThrow('no date')
  })
})
