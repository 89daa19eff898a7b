import { expect, test, vi } from 'vitest'
import { UNOBSERVED } from '../../src/http/pipeline-observer.ts'
import { Pacer } from '../../src/http/pacing.ts'
import { RetryBudget } from '../../src/http/retry-budget.ts'
import { retry } from '../../src/http/retry.ts'
import { withPolicies, type HttpTransport } from '../../src/http/transport.ts'
import { VirtualClock } from '../unit/http/virtual-clock.ts'
import { fixedWindow, penaltyBox, tokenBucket, type HiddenLimit } from './hidden-limit.ts'

// A minute of many requests in virtual time is seconds of work.
vi.setConfig({ testTimeout: 120_000 })

const SEEDS = [1, 2, 3]
const DEADLINE_MS = 3_000

interface Request {
  readonly at: number
  answeredAt?: number
}

interface Run {
  readonly requests: readonly Request[]
  readonly calls: number
}

/** Requests that come at random moments, so many a second for so many seconds, over retries and pacing to the limit. */
async function run(limit: HiddenLimit, phases: readonly (readonly [number, number])[], seed: number): Promise<Run> {
  const clock = new VirtualClock()
  const random = createRandom(seed)
  const now = (): Date => new Date(1_700_000_000_000 + clock.now())
  const pacer = new Pacer({ upstream: 'LEGACY', concurrency: 16, clock, now })
  let calls = 0
  const transport: HttpTransport = async () => {
    calls++
    await clock.pass(10 + random() * 20)
    const answer = limit.answer(clock.now())
    await clock.pass(10 + random() * 40)
    return answer
  }
  const budget = new RetryBudget(clock.now)
  const retries = retry({ upstream: 'LEGACY', budget, clock, now, random, observer: UNOBSERVED })
  const send = withPolicies(transport, retries, pacer.policy)
  const requests: Request[] = []
  const ends: Promise<void>[] = []
  for (const [seconds, perSecond] of phases) {
    const end = clock.now() + seconds * 1_000
    for (;;) {
      const gap = (-Math.log(1 - random()) * 1_000) / perSecond
      await clock.advance(Math.min(gap, end - clock.now()))
      if (clock.now() >= end) break
      const request: Request = { at: clock.now() }
      requests.push(request)
      const controller = new AbortController()
      const cancel = clock.after(DEADLINE_MS, () => controller.abort(new Error('the time is up')))
      const sent = send({ method: 'GET', path: '/', signal: controller.signal, deadline: request.at + DEADLINE_MS })
      const note = ({ status }: { status: number }): void => {
        cancel()
        if (status === 200) request.answeredAt = clock.now()
      }
      ends.push(sent.then(note, cancel))
    }
  }
  await clock.advance(DEADLINE_MS)
  await Promise.all(ends)
  return { requests, calls }
}

const share = (requests: readonly Request[]): number =>
  requests.filter((request) => request.answeredAt !== undefined).length / requests.length

const LIMITS = [10, 50]
const KINDS: readonly [string, (perSecond: number) => HiddenLimit][] = [
  ['a bucket with a large burst', (perSecond) => tokenBucket(perSecond, perSecond * 0.4)],
  ['a bucket with next to no burst', (perSecond) => tokenBucket(perSecond, Math.max(perSecond / 20, 3))],
  ['a count for each second', fixedWindow],
]

test.each(KINDS)('%s: what it takes is used to 95 %%, with at most 1.1 calls a request', async (name, limit) => {
  for (const perSecond of LIMITS) {
    const runs = await Promise.all(
      SEEDS.map(async (seed) =>
        run(
          limit(perSecond),
          [
            [10, perSecond * 0.8],
            [30, perSecond * 2.5],
            [10, perSecond * 0.8],
          ],
          seed,
        ),
      ),
    )
    const answers = runs.flatMap(({ requests }) => requests.map(({ answeredAt = 0 }) => answeredAt))
    const goodput = answers.filter((at) => at >= 10_000 && at < 40_000).length / (30 * perSecond * SEEDS.length)
    const calls = sum(runs.map((each) => each.calls)) / sum(runs.map(({ requests }) => requests.length))
    const after = share(runs.flatMap(({ requests }) => requests.filter(({ at }) => at >= 45_000)))
    console.log(
      `${name}, ${perSecond}/s: ${percent(goodput)} of the limit, ${calls.toFixed(2)} calls a request, ${percent(after)} answered 5 s after`,
    )
    expect(goodput).toBeGreaterThan(0.95)
    expect(Math.max(...runs.map((each) => each.calls / each.requests.length))).toBeLessThanOrEqual(1.1)
    // Where no burst is taken, even 80 % of the limit is refused when it comes in bursts.
    expect(after).toBeGreaterThan(0.9)
  }
})

test.each([2, 5, 10])('a ban of %i s that calls prolong is over within 5 s of its end', async (seconds) => {
  for (const seed of SEEDS) {
    const box = penaltyBox(tokenBucket(50, 20), seconds * 1_000)
    const phases = [
      [5, 40],
      [20, 200],
      [60, 40],
    ] as const
    const { requests, calls } = await run(box, phases, seed)
    const whole = box.bansEndedAt.map(
      (end) => Math.min(...requests.map((r) => r.answeredAt ?? Infinity).filter((at) => at > end)) - end,
    )
    const lastEnd = Math.max(25_000, ...box.bansEndedAt)
    const after = share(requests.filter(({ at }) => at >= lastEnd + 5_000))
    console.log(
      `a ban of ${seconds} s, seed ${seed}: ${whole.length} bans, back after ${whole.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(', ') || '-'}, ` +
        `${percent(after)} answered from 5 s after the last, ${(calls / requests.length).toFixed(2)} calls a request`,
    )
    expect(box.bansEndedAt.length).toBeGreaterThan(0)
    expect(Math.max(...whole)).toBeLessThan(5_000)
    expect(after).toBeGreaterThan(0.9)
    expect(calls / requests.length).toBeLessThanOrEqual(1.1)
  }
})

// The same upstream, for a client that does what the stock interceptors do: ask again, five times, ever later.
test('without pacing the same limit is passed over and over', async () => {
  const clock = new VirtualClock()
  const box = tokenBucket(50, 20)
  let calls = 0
  let requests = 0
  const call = async (attempt = 0): Promise<void> => {
    calls++
    await clock.pass(30)
    if (box.answer(clock.now()).status === 200 || attempt === 5) return
    await clock.pass(500 * 2 ** attempt)
    await call(attempt + 1)
  }
  for (; requests < 3_600; requests++) {
    void call()
    await clock.advance(8)
  }
  expect(calls / requests).toBeGreaterThan(2)
})

function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`
}
