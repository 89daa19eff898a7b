import { expect, test } from 'vitest'
import { createLogger } from '../../../src/observability/logger.ts'
import { spellingsOf } from '../../../src/observability/spellings.ts'

const SECRET = 'q"7/ä+~key'

/** The lines that come of logging this. */
function logged(fields: object, message: string, secrets: readonly string[] = [SECRET]): string {
  const lines: string[] = []
  const logger = createLogger(
    secrets.map((secret) => () => secret),
    { write: (line) => void lines.push(line) },
  )
  logger.info(fields, message)
  return lines.join('')
}

const BASIC = Buffer.from(`an-application:${SECRET}`).toString('base64')

test.each<[string, object, string]>([
  ['a field', { a: SECRET }, ''],
  ['a deep field', { a: { b: [{ c: `x${SECRET}y` }] } }, ''],
  ['a name of a field', { [SECRET]: 1 }, ''],
  ['the message', {}, `failed with ${SECRET}`],
  ['a URL', { a: `https://x/?key=${encodeURIComponent(SECRET)}` }, ''],
  ['JSON', { a: JSON.stringify({ key: SECRET }) }, ''],
  ['hex', { a: Buffer.from(SECRET).toString('hex').toUpperCase() }, ''],
  ['a Basic pair', { a: BASIC }, ''],
  ['base64 behind one byte', { a: Buffer.from(`x${SECRET}yy`).toString('base64') }, ''],
  ['base64url behind two bytes', { a: Buffer.from(`xx${SECRET}y`).toString('base64url') }, ''],
])('a secret is hidden in %s, and the line stays JSON', (_name, fields, message) => {
  const line = logged(fields, message)
  expect(JSON.stringify(JSON.parse(line))).toContain('[hidden]')
  for (const spelling of spellingsOf(SECRET)) expect(line.toLowerCase()).not.toContain(spelling.toLowerCase())
})

test.each([
  'ana.silva@example.com',
  'Ana.Silva+x@mail.example.co.uk',
  'ana.silva%40example.com',
  // Letters beyond ASCII were no letters, so these passed.
  'josé@example.com',
  'ana@münchen.example',
  'Bearer abcdefghijkl',
  'Authorization: Basic YTpiYzpkZQ==',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.',
])('%s is hidden although nobody said that it is secret', (text) => {
  expect(JSON.parse(logged({ a: `x ${text} y` }, ''))).toMatchObject({ a: expect.stringMatching(/^x .*\[hidden\] y$/) })
})

test('a secret of digits is hidden where a number holds it', () => {
  expect(JSON.parse(logged({ a: 91_234_567, b: 5 }, '', ['1234567']))).toMatchObject({ a: '[hidden]', b: 5 })
})

test('what is no secret is left as it is, a place in the code too', () => {
  const fields = {
    frames: ['at run (file:///x/node_modules/@apollo/server/dist/a.js:1:2)'],
    count: 3,
    ok: true,
    no: null,
  }
  expect(JSON.parse(logged(fields, 'unexpected error'))).toMatchObject({ ...fields, msg: 'unexpected error' })
})

test('a word of five letters is no secret that could be kept', () => {
  expect(JSON.parse(logged({ level: 'level' }, '', ['level']))).toMatchObject({ level: 'level' })
})

test('each of two secrets is known by itself, and a rotated one stays known', () => {
  let secret = 'first-secret,second-secret'
  const lines: string[] = []
  const logger = createLogger([() => secret], { write: (line) => void lines.push(line) })
  logger.info('second-secret')
  secret = 'third-secret'
  logger.info('first-secret third-secret')
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['[hidden]', '[hidden] [hidden]'])
})
