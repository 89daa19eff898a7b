import { expect, test } from 'vitest'
import { readRequestId } from '../../../src/server/request-id.ts'

test("the caller's own name for a request is kept", () => {
  expect(readRequestId({ headers: { 'x-request-id': 'router-7:a.b_c' } })).toBe('router-7:a.b_c')
})

test.each([
  ['white space', 'a b'],
  ['a line break', 'a\n{"level":50}'],
  ['nothing', ''],
  ['too much', 'a'.repeat(65)],
])('a name with %s is not taken over, each such request gets one of ours', (_what, given) => {
  const headers = { 'x-request-id': given }
  expect(readRequestId({ headers })).toMatch(/^[\da-f-]{36}$/)
  expect(readRequestId({ headers })).not.toBe(readRequestId({ headers }))
})
