import { expect, test } from 'vitest'
import { Pacer } from '../../../src/http/pacing.ts'
import { settled, VirtualClock } from './virtual-clock.ts'

/** An upstream that takes so many calls a second and tells nobody. */
interface Limit {
  readonly perSecond: number
  readonly burst: number
  /** For how long it takes nothing after a call too many; calls meanwhile do not prolong it. */
  readonly penaltyMs?: number
}

interface Figures {
  /** Of what the limit would have allowed. */
  readonly goodput: number
  readonly calls: number
  /** Calls for each that was taken. */
  readonly callsEach: number
  readonly rate: number | null
}

/** Readers who come at such a rate, whatever the upstream takes. */
function startLoad(limit: Limit) {
  const clock = new VirtualClock()
  const pacer = new Pacer({ upstream: 'LEGACY', concurrency: 16, clock, now: () => new Date(clock.now()) })
  let [tokens, filledAt, shutUntil, called, taken] = [limit.burst, 0, 0, 0, 0]
  const admit = (): boolean => {
    const now = clock.now()
    tokens = Math.min(tokens + ((now - filledAt) / 1000) * limit.perSecond, limit.burst)
    filledAt = now
    if (now < shutUntil) return false
    if (tokens >= 1) return tokens-- >= 1
    shutUntil = now + (limit.penaltyMs ?? 0)
    return false
  }
  const send = pacer.policy(async () => {
    called++
    const status = admit() ? 200 : 429
    if (status === 200) taken++
    await clock.pass(20)
    return { status, headers: {}, body: undefined }
  })
  const run = async (seconds: number, demandPerSecond: number): Promise<Figures> => {
    const [calledBefore, takenBefore] = [called, taken]
    for (let each = 0; each < seconds * demandPerSecond; each++) {
      const signal = new AbortController().signal
      send({ method: 'GET', path: `/${each}`, signal }).catch(() => undefined)
      await clock.advance(1_000 / demandPerSecond)
    }
    await settled()
    const allowed = Math.min(limit.perSecond, demandPerSecond) * seconds
    const got = taken - takenBefore
    const calls = called - calledBefore
    return { goodput: got / allowed, calls, callsEach: calls / got, rate: pacer.ratePerSecond }
  }
  return { run }
}

// Nothing held the learning itself to these figures but one load over real sockets: a rate that was never cut, that was cut
// for each of a hundred refusals at once, or that never ended passed.
test.each<Limit>([
  { perSecond: 5, burst: 5 },
  { perSecond: 20, burst: 20 },
  { perSecond: 50, burst: 20 },
])('of $perSecond calls a second that nobody tells of nearly all are made, and hardly one too many', async (limit) => {
  const { run } = startLoad(limit)
  await run(5, limit.perSecond * 2.5)
  const { goodput, callsEach } = await run(30, limit.perSecond * 2.5)
  expect(goodput).toBeGreaterThan(0.95)
  expect(callsEach).toBeLessThan(1.1)
})

test('a penalty is sat out with few calls, and five seconds after its end all is as before', async () => {
  const { run } = startLoad({ perSecond: 50, burst: 20, penaltyMs: 10_000 })
  await run(1, 120)
  const { calls } = await run(9, 40)
  expect(calls).toBeLessThan(20)
  await run(5.5, 40)
  expect(await run(10, 40)).toSatisfy(isWhole)
})

test('penalties are sat out alike, however long the ones before were', async () => {
  const limit = { perSecond: 50, burst: 20, penaltyMs: 30_000 }
  const { run } = startLoad(limit)
  await run(1, 120)
  await run(60, 40)
  limit.penaltyMs = 3_000
  await run(1, 200)
  await run(5, 40)
  expect(await run(5, 40)).toSatisfy(isWhole)
})

test('a limit that is lifted is none any more after a while', async () => {
  const limit = { perSecond: 20, burst: 20 }
  const { run } = startLoad(limit)
  await run(10, 50)
  Object.assign(limit, { perSecond: 10_000, burst: 1_000 })
  await run(30, 100)
  const after = await run(10, 100)
  expect(after).toSatisfy(isWhole)
  expect(after.rate).toBeNull()
})

/** Nothing is lost and nothing is sent in vain. */
function isWhole({ goodput, callsEach }: Figures): boolean {
  return goodput > 0.99 && callsEach === 1
}
