import { expect, test } from 'vitest'
import { readRetryAfter } from '../../../src/http/retry-after.ts'

const NOW = Date.parse('2026-01-05T09:00:00Z')

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'retry-after': '3' }, 3_000],
  [{ 'retry-after': ' 3 ' }, 3_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': 'Mon, 05 Jan 2026 09:00:07 GMT' }, 7_000],
  [{ 'retry-after': 'Mon, 05 Jan 2026 08:59:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'x-ratelimit-retry-after': '2', 'x-ratelimit-reset': '9' }, 2_000],
  [{ 'retry-after': '1', 'x-ratelimit-retry-after': '2' }, 1_000],
  [{ 'retry-after': 'soon', 'x-ratelimit-reset': '9' }, 9_000],
  [{ 'x-ratelimit-reset': String(NOW / 1000 + 4) }, 4_000],
  [{ 'retry-after': '86400' }, 120_000],
  [{ 'retry-after': '99999999999999999999' }, undefined],
])('%j asks for a wait of %s ms', (headers, wait) => {
  expect(readRetryAfter(headers, NOW)).toBe(wait)
})

// With our clock a quarter of an hour behind theirs, each 429 that named the second in which the limit ends shut the upstream
// off for two minutes; with ours ahead, such a limit was never waited for.
test.each([-900_000, 900_000])('an instant counts by the clock of the upstream, when ours is %i ms off', (offBy) => {
  const date = new Date(NOW).toUTCString()
  const reset = { date, 'x-ratelimit-reset': String(NOW / 1000 + 4) }
  expect(readRetryAfter(reset, NOW + offBy)).toBe(4_000)
  const after = { date, 'retry-after': 'Mon, 05 Jan 2026 09:00:07 GMT' }
  expect(readRetryAfter(after, NOW + offBy)).toBe(7_000)
})

test.each([['Mon, 05 Jan 2026 08:59:59 GMT'], ['once']])('a date of %j leaves our own clock in force', (date) => {
  expect(readRetryAfter({ date, 'x-ratelimit-reset': String(NOW / 1000 + 4) }, NOW)).toBe(4_000)
})
