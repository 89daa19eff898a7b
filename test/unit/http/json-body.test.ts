import { describe, expect, test } from 'vitest'
import { decodeJsonBody } from '../../../src/http/json-body.ts'

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const decode = (text: string | Buffer, status = 200, headers: Record<string, string> = JSON_TYPE): unknown =>
  decodeJsonBody('LEGACY', status, headers, Buffer.from(text as string))

/** Nested this deep, and padded by a text so long that the body is looked through before it is parsed. */
const nested = (depth: number, bytes = 200_000): string =>
  `${'['.repeat(depth)}"${'x'.repeat(bytes)}"${']'.repeat(depth)}`

describe('a body is taken', () => {
  test.each<[string, Record<string, string>, unknown]>([
    ['{"a":[null]}', JSON_TYPE, { a: [null] }],
    ['null', JSON_TYPE, null],
    ['\u{feff}1', JSON_TYPE, 1],
    ['1', { 'content-type': 'Application/Problem+JSON' }, 1],
    ['1', { ...JSON_TYPE, 'content-encoding': 'identity' }, 1],
    ['', {}, undefined],
  ])('%j under %j', (text, headers, body) => {
    expect(decode(text, 200, headers)).toEqual(body)
  })

  test('with 24 levels, and with any number of brackets inside a text', () => {
    for (const body of [nested(24), nested(24, 1)]) expect(JSON.stringify(decode(body))).toBe(body)
    const brackets = JSON.stringify({ text: `\\"${'['.repeat(100)}${'x'.repeat(200_000)}\\` })
    expect(JSON.stringify(decode(brackets))).toBe(brackets)
  })
})

describe('a success is refused', () => {
  const truncated = Buffer.from('"ü"').subarray(0, 2)
  test.each<[string, string | Buffer, Record<string, string>, string]>([
    ['that is nested too deeply', nested(25), JSON_TYPE, 'the answer is nested too deeply'],
    // Small bodies were not looked at. A record with 4,000 levels in a field that we do not know was put back as it was, and
    // comparing it afterwards overflowed: the change had been made, and the error said that nothing had been written.
    ['that is small and nested too deeply', nested(25, 1), JSON_TYPE, 'the answer is nested too deeply'],
    [
      'that has too many objects in each other',
      `${'{"a":'.repeat(25)}1${'}'.repeat(25)}`,
      JSON_TYPE,
      'nested too deeply',
    ],
    ['that is brackets only', '['.repeat(2_000_000), JSON_TYPE, 'the answer is nested too deeply'],
    ['in no UTF-8', Buffer.concat([Buffer.from('"'), Buffer.from([0xff]), Buffer.from('"')]), JSON_TYPE, 'not JSON'],
    ['cut within a character', truncated, JSON_TYPE, 'not JSON'],
    ['that is no JSON', '<html>Ana Silva', JSON_TYPE, 'not JSON'],
    ['with two values', '{}{}', JSON_TYPE, 'not JSON'],
    ['of another type', '{}', { 'content-type': 'text/html' }, 'not JSON'],
    ['of a type that only begins so', '{}', { 'content-type': 'application/jsonp' }, 'not JSON'],
    ['of no type', '{}', {}, 'not JSON'],
    ['that is compressed', '{}', { ...JSON_TYPE, 'content-encoding': 'br' }, 'the answer is compressed'],
  ])('%s', (_name, body, headers, reason) => {
    expect(() => decode(body, 200, headers)).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_INVALID_RESPONSE', message: expect.stringContaining(reason) }),
    )
  })

  test('without a word of it: the parser would quote the body, so the error has no cause', () => {
    for (const body of ['Ana Silva, ana.silva@example.com', '{"password":"hunter2"', '{"a":hunter2}']) {
      let error: unknown
      try {
        decode(body)
      } catch (caught) {
        error = caught
      }
      expect(error).toBeInstanceOf(Error)
      expect(Object.getOwnPropertyDescriptor(error, 'cause')?.value).toBeUndefined()
      expect(`${String(error)}${(error as Error).stack}${JSON.stringify(error)}`).not.toMatch(/Ana|hunter2/)
    }
  })
})

test.each([301, 400, 404, 500, 503])('a %i with an unreadable body is left without one', (status) => {
  expect(decode('<html>', status, { 'content-type': 'text/html' })).toBeUndefined()
  expect(decode('<html>', status)).toBeUndefined()
  expect(decode(nested(25, 1), status)).toBeUndefined()
  expect(decode('{"a":1}', status)).toEqual({ a: 1 })
})
