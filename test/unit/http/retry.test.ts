import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { deadlineExceeded, upstreamError, type PublicError } from '../../../src/errors.ts'
import { refuseLocally } from '../../../src/http/local-refusal.ts'
import { UNOBSERVED, type Retry } from '../../../src/http/pipeline-observer.ts'
import { RetryBudget } from '../../../src/http/retry-budget.ts'
import { mayRetry, retry } from '../../../src/http/retry.ts'
import type { Effect, HttpRequest, HttpResponse, HttpTransport } from '../../../src/http/transport.ts'
import { settled, VirtualClock } from './virtual-clock.ts'

type End = HttpResponse | Error
const EFFECTS: readonly Effect[] = ['read', 'change', 'creation']
const status = (code: number, headers = {}): HttpResponse => ({ status: code, headers, body: undefined })
const failure = (delivery: 'NOT_SENT' | 'UNKNOWN'): PublicError =>
  upstreamError('UPSTREAM_UNAVAILABLE', 'LEGACY', undefined, { delivery })

let clock: VirtualClock
let begunAt: number[]
let retries: Retry[]
beforeEach(() => {
  clock = new VirtualClock()
  begunAt = []
  retries = []
})

/** An upstream that ends its calls so, one after the other, and the last way for ever; each takes so long. */
function over(ends: readonly End[], tookMs: number | readonly number[] = 10, random = () => 0.5): HttpTransport {
  const transport: HttpTransport = async ({ signal }) => {
    begunAt.push(clock.now())
    const end = ends[Math.min(begunAt.length, ends.length) - 1] as End
    const left = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    )
    await Promise.race([clock.pass(typeof tookMs === 'number' ? tookMs : (tookMs[begunAt.length - 1] as number)), left])
    if (end instanceof Error) throw end
    return end
  }
  const budget = new RetryBudget(clock.now)
  const observer = { ...UNOBSERVED, retried: (each: Retry) => void retries.push(each) }
  return retry({ upstream: 'LEGACY', budget, clock, now: () => new Date(clock.now()), random, observer })(transport)
}

function request(effect: Effect, changes: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', effect, path: '/', operation: 'POST /', signal: new AbortController().signal, ...changes }
}

async function outcome(promise: Promise<HttpResponse>, ms = 60_000): Promise<string> {
  const settling = promise.then(
    (response) => String(response.status),
    (error: PublicError) => (error.code ? `${error.code} ${error.delivery}` : error.message),
  )
  await clock.advance(ms)
  return settling
}

/** The table of what may be made again: for a read, a change, a creation. */
const TABLE: readonly [string, End, boolean, boolean, boolean][] = [
  ['what was not sent', failure('NOT_SENT'), true, true, true],
  ['a 429', status(429), true, true, true],
  ['what may have been done', failure('UNKNOWN'), true, false, false],
  ['a timeout', upstreamError('UPSTREAM_TIMEOUT', 'LEGACY'), true, false, false],
  ['garbage', upstreamError('UPSTREAM_INVALID_RESPONSE', 'LEGACY'), true, false, false],
  ...[408, 500, 502, 503, 504].map((code): [string, End, boolean, boolean, boolean] => [
    `a ${code}`,
    status(code),
    true,
    false,
    false,
  ]),
  ...[200, 204, 307, 400, 401, 403, 404, 409, 501].map((code): [string, End, boolean, boolean, boolean] => [
    `a ${code}`,
    status(code),
    false,
    false,
    false,
  ]),
  ['a refusal of ours', refuseLocally('LEGACY', 'breaker'), false, false, false],
  ['a caller who left', new Error('left'), false, false, false],
  ['a deadline', deadlineExceeded({ delivery: 'NOT_SENT' }), false, false, false],
  [
    'credentials that give no token',
    upstreamError('UPSTREAM_UNAUTHORIZED', 'LEGACY', undefined, { delivery: 'NOT_SENT' }),
    false,
    false,
    false,
  ],
]

test.each(TABLE)('%s is made again as the table says', async (_name, end, ...expected) => {
  const outcomes = end instanceof Error ? { error: end } : { response: end }
  expect(EFFECTS.map((effect) => mayRetry(effect, outcomes))).toEqual(expected)
  for (const [index, effect] of EFFECTS.entries()) {
    begunAt = []
    await outcome(over([end])(request(effect)))
    expect(begunAt.length).toBe(expected[index] === true ? 3 : 1)
  }
})

describe('a retry', () => {
  test('gives the first answer that will do, and is told of', async () => {
    expect(await outcome(over([status(503), failure('UNKNOWN'), status(200)])(request('read')))).toBe('200')
    expect(retries).toEqual([
      { upstream: 'LEGACY', operation: 'POST /', attempt: 2, waitMs: 50 },
      { upstream: 'LEGACY', operation: 'POST /', attempt: 3, waitMs: 100 },
    ])
    expect(begunAt).toEqual([0, 60, 170])
  })

  test('of a write ends with what became of the last one that may have been done', async () => {
    expect(await outcome(over([failure('NOT_SENT'), failure('UNKNOWN'), status(201)])(request('creation')))).toBe(
      'UPSTREAM_UNAVAILABLE UNKNOWN',
    )
    expect(begunAt).toHaveLength(2)
  })

  test('waits at any place between at once and its longest, so that nobody comes back together', async () => {
    for (const random of [0, 0.999]) {
      begunAt = []
      clock = new VirtualClock()
      await outcome(over([status(500)], 0, () => random)(request('read')))
      expect(begunAt.map(Math.round)).toEqual(random === 0 ? [0, 0, 0] : [0, 100, 300])
    }
  })

  test('waits at least as long as it was asked to', async () => {
    const ends = [status(429, { 'retry-after': '2' }), status(503, { 'x-ratelimit-retry-after': '1' }), status(200)]
    expect(await outcome(over(ends)(request('read', { deadline: 10_000 })))).toBe('200')
    expect(begunAt).toEqual([0, 2_010, 3_020])
  })

  test('that was asked to come back after the deadline is not waited for', async () => {
    const failing = over([status(429, { 'retry-after': '5' })])(request('read', { deadline: 4_000 }))
    expect(await outcome(failing, 100)).toBe('429')
    expect(begunAt).toEqual([0])
  })

  test('that would not end in time is given up just before, for the caller to learn what went wrong', async () => {
    const timeout = upstreamError('UPSTREAM_TIMEOUT', 'LEGACY')
    expect(await outcome(over([timeout], [500, 5_000])(request('read', { deadline: 4_000 })), 3_900)).toBe(
      'UPSTREAM_TIMEOUT UNKNOWN',
    )
    expect(begunAt).toHaveLength(2)
  })

  test('is not made after an attempt that took half of the time: there may be another way to go', async () => {
    const timeout = upstreamError('UPSTREAM_TIMEOUT', 'LEGACY')
    await outcome(over([timeout], 2_000)(request('read', { deadline: 4_000 })), 3_900)
    expect(begunAt).toHaveLength(1)
  })

  test('that we refuse ourselves leaves what the upstream said', async () => {
    const ends = [upstreamError('UPSTREAM_TIMEOUT', 'LEGACY'), refuseLocally('LEGACY', 'breaker')]
    expect(await outcome(over(ends)(request('read')))).toBe('UPSTREAM_TIMEOUT UNKNOWN')
  })

  test('is not made for who leaves while it is waited for', async () => {
    const controller = new AbortController()
    const leaving = over([status(500)])(request('read', { signal: controller.signal }))
    clock.after(20, () => controller.abort(new Error('left')))
    expect(await outcome(leaving)).toBe('left')
    expect(begunAt).toEqual([0])
  })
})

describe('the budget', () => {
  test('lets retries be a tenth of many requests, one a second, and ten at once', async () => {
    const send = over([status(500)], 0)
    for (let index = 0; index < 1_000; index++) {
      void send(request('read'))
      await clock.advance(10)
    }
    await clock.advance(10_000)
    expect(begunAt.length - 1_000).toBeLessThanOrEqual(10 + 100 + 10 + 1)
    expect(begunAt.length - 1_000).toBeGreaterThan(100)
  })

  const load = fc.record({
    gaps: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 300 }),
    ends: fc.array(
      fc.constantFrom<End>(status(200), status(429), status(500), failure('NOT_SENT'), failure('UNKNOWN')),
    ),
    effects: fc.array(fc.constantFrom(...EFFECTS), { minLength: 1, maxLength: 5 }),
    waits: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }),
    tookMs: fc.integer({ min: 0, max: 200 }),
  })
  test('bounds every load: at most 1.1 calls for a request beside the burst, and none after a deadline or for who left', async () => {
    const property = fc.asyncProperty(load, async ({ gaps, ends, effects, waits, tookMs }) => {
      clock = new VirtualClock()
      begunAt = []
      const late: string[] = []
      const send = over(ends.length > 0 ? ends : [status(500)], tookMs)
      const calls: Promise<unknown>[] = []
      for (const [index, gap] of gaps.entries()) {
        const controller = new AbortController()
        const deadline = clock.now() + (waits[index % waits.length] as number)
        if (index % 3 === 0) clock.after(deadline - clock.now(), () => controller.abort(new Error('left')))
        const before = begunAt.length
        calls.push(
          send(request(effects[index % effects.length] as Effect, { deadline, signal: controller.signal })).catch(
            String,
          ),
        )
        if (begunAt.slice(before).some((at) => at > deadline)) late.push(`${index}`)
        await clock.advance(gap)
      }
      await clock.advance(5_000)
      await Promise.all(calls)
      await settled()
      expect(late).toEqual([])
      expect(Math.max(...begunAt)).toBeLessThanOrEqual(gaps.reduce((sum, gap) => sum + gap, 0) + Math.max(...waits))
      expect(begunAt.length).toBeLessThanOrEqual(gaps.length * 1.1 + 10 + clock.now() / 1_000 + 1)
    })
    await fc.assert(property, { numRuns: 100 })
  })
})

describe('a retry for which the time is up while it is under way', () => {
  const over1s = (effect: Effect): Promise<string> => {
    const controller = new AbortController()
    clock.after(1_000, () => controller.abort(deadlineExceeded()))
    return outcome(
      over([status(429), status(200)], [10, 5_000])(request(effect, { deadline: 1_000, signal: controller.signal })),
    )
  }

  test('of a read is told by what the upstream said before', async () => {
    expect(await over1s('read')).toBe('429')
  })

  test.each(['change', 'creation'] as const)('of a %s may have been done', async (effect) => {
    expect(await over1s(effect)).toBe('DEADLINE_EXCEEDED UNKNOWN')
  })
})

test.each<[Effect, string]>([
  ['read', '200'],
  ['creation', '200'],
  ['change', '429'],
])(
  'a %s that is to wait for two seconds ends with %s: a change would put back what was read before',
  async (effect, end) => {
    expect(await outcome(over([status(429, { 'retry-after': '2' }), status(200)])(request(effect)))).toBe(end)
  },
)
