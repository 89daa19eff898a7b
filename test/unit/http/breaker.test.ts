import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { deadlineExceeded, upstreamError, type PublicError } from '../../../src/errors.ts'
import { Breaker } from '../../../src/http/breaker.ts'
import type { HttpResponse } from '../../../src/http/transport.ts'
import { settled, VirtualClock } from './virtual-clock.ts'

type End = HttpResponse | Error

const status = (code: number): HttpResponse => ({ status: code, headers: {}, body: undefined })
const TIMEOUT = upstreamError('UPSTREAM_TIMEOUT', 'LEGACY')

let clock: VirtualClock
let breaker: Breaker
let calls: number
let probes: number
/** What the upstream says to calls and probes. */
let answer: End
let probe: () => Promise<HttpResponse>
beforeEach(() => start())

function start(): void {
  clock = new VirtualClock()
  calls = 0
  probes = 0
  probe = async () => settle(answer)
  breaker = new Breaker({
    upstream: 'LEGACY',
    clock,
    random: () => 0.5,
    openMs: 5_000,
    probe: async () => {
      probes++
      return probe()
    },
    onChange: () => undefined,
  })
}

async function settle(end: End): Promise<HttpResponse> {
  if (end instanceof Error) throw end
  return end
}

async function call(end: End = answer, signal = new AbortController().signal): Promise<string> {
  const send = breaker.policy(async () => {
    calls++
    return settle(end)
  })
  return send({ method: 'GET', path: '/', signal }).then(
    (response) => String(response.status),
    (error: PublicError) => error.code ?? error.message,
  )
}

async function calling(times: number, end: End): Promise<void> {
  for (let time = 0; time < times; time++) await call(end)
}

describe('it opens', () => {
  test.each<[string, End]>([
    ['500', status(500)],
    ['503', status(503)],
    ['408', status(408)],
    ['time out', TIMEOUT],
    ['cannot be reached', upstreamError('UPSTREAM_UNAVAILABLE', 'LEGACY')],
    ['are garbage', upstreamError('UPSTREAM_INVALID_RESPONSE', 'LEGACY')],
  ])('when half of twenty calls fail: %s', async (_name, failure) => {
    for (let pair = 0; pair < 9; pair++) {
      await call(status(200))
      await call(failure)
    }
    expect([breaker.state, await call(status(200)), breaker.state]).toEqual(['closed', '200', 'closed'])
    await call(failure)
    expect(breaker.state).toBe('open')
    expect(await call(status(200))).toBe('UPSTREAM_UNAVAILABLE')
    expect(calls).toBe(20)
  })

  test.each<[string, End]>([
    ['429', status(429)],
    ['401', status(401)],
    ['404', status(404)],
    ['clients that left', new Error('left')],
    ['a deadline', deadlineExceeded()],
    ['tokens that are refused', upstreamError('UPSTREAM_UNAUTHORIZED', 'LEGACY')],
  ])('never for %s', async (_name, end) => {
    await calling(100, end)
    expect(breaker.state).toBe('closed')
  })

  test('not for failures that are longer ago than ten seconds', async () => {
    for (let second = 0; second < 40; second++) {
      await call(TIMEOUT)
      await call(status(404))
      await clock.advance(1_100)
    }
    expect(breaker.state).toBe('closed')
  })
})

async function beSick(): Promise<void> {
  for (let pair = 0; pair < 20 && breaker.state === 'closed'; pair++) {
    await call(status(200))
    await calling(2, TIMEOUT)
  }
  expect([breaker.state, probes]).toEqual(['open', 0])
}

describe('open', () => {
  beforeEach(async () => {
    await beSick()
    calls = 0
  })

  test('it refuses at once, says that nothing was sent, and calls nothing unasked', async () => {
    const send = breaker.policy(async () => status(200))
    const refused = send({ method: 'GET', path: '/', signal: new AbortController().signal })
    await expect(refused).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', delivery: 'NOT_SENT' })
    await clock.advance(600_000)
    expect([calls, probes]).toEqual([0, 0])
  })

  test('it lets one request probe after five seconds, refuses the others meanwhile, and closes', async () => {
    const { promise, resolve } = Promise.withResolvers<HttpResponse>()
    probe = () => promise
    await clock.advance(4_999)
    expect(await call(status(200))).toBe('UPSTREAM_UNAVAILABLE')
    await clock.advance(1)
    const first = call(status(200))
    expect(breaker.state).toBe('probing')
    expect([await call(status(200)), await call(status(200))]).toEqual(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'])
    resolve(status(200))
    expect([await first, breaker.state, probes]).toEqual(['200', 'closed', 1])
    // What it failed before is forgotten.
    expect([await call(TIMEOUT), breaker.state]).toEqual(['UPSTREAM_TIMEOUT', 'closed'])
  })

  test('it waits twice as long after each probe that fails, a minute at most, and again five seconds the next time', async () => {
    answer = TIMEOUT
    const waits: number[] = []
    for (let round = 0; round < 6; round++) {
      const since = clock.now()
      // Somebody asks all the time.
      for (const _ of Array(700)) {
        await clock.advance(100)
        await call()
        if (probes > round) break
      }
      waits.push(clock.now() - since)
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
    answer = status(404)
    await clock.advance(60_000)
    expect([await call(), breaker.state]).toEqual(['404', 'closed'])
    probes = 0
    await beSick()
    await clock.advance(5_000)
    expect([await call(), probes]).toEqual(['404', 1])
  })

  test('it is not opened anew by calls that began before, nor is a probe under way forgotten for them', async () => {
    const late = Array.from({ length: 20 }, () => Promise.withResolvers<HttpResponse>())
    start()
    const send = breaker.policy(async () => (late[calls++] as (typeof late)[number]).promise)
    const request = { method: 'GET', path: '/', signal: new AbortController().signal } as const
    const sent = late.map(async () => send(request).catch(String))
    await beSick()
    await clock.advance(4_999)
    for (const each of late.slice(0, 10)) each.reject(TIMEOUT)
    await settled()
    await clock.advance(1)
    const { promise, resolve } = Promise.withResolvers<HttpResponse>()
    probe = () => promise
    const probing = call(status(200))
    for (const each of late.slice(10)) each.reject(TIMEOUT)
    await settled()
    expect([breaker.state, probes]).toEqual(['probing', 1])
    resolve(status(200))
    expect([await probing, breaker.state]).toEqual(['200', 'closed'])
    await Promise.all(sent)
  })

  test('it goes on probing when the request that began it leaves', async () => {
    const { promise, resolve } = Promise.withResolvers<HttpResponse>()
    probe = () => promise
    await clock.advance(5_000)
    const controller = new AbortController()
    const leaving = call(status(200), controller.signal)
    controller.abort(new Error('left'))
    expect(await leaving).toBe('left')
    resolve(status(200))
    await settled()
    expect([breaker.state, await call(status(200))]).toEqual(['closed', '200'])
  })
})

describe('an upstream that is seldom called and always fails', () => {
  test('is probed by the sixth request, and from then on costs no request its timeout', async () => {
    answer = TIMEOUT
    await calling(5, TIMEOUT)
    expect([await call(), await call(), await call()]).toEqual(Array.from({ length: 3 }, () => 'UPSTREAM_UNAVAILABLE'))
    expect([calls, probes, breaker.state]).toEqual([5, 1, 'open'])
  })

  test('but only at one endpoint is not shut off: all who come meanwhile wait for the probe, and go on', async () => {
    answer = status(200)
    await calling(5, TIMEOUT)
    const { promise, resolve } = Promise.withResolvers<HttpResponse>()
    probe = () => promise
    const waiting = Array.from({ length: 10 }, async () => call())
    const leaving = new AbortController()
    const left = call(answer, leaving.signal)
    leaving.abort(new Error('left'))
    expect(await left).toBe('left')
    resolve(status(200))
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['200']))
    expect(probes).toBe(1)
  })
})

describe('an upstream that was suspected', () => {
  /** One suspicion, and what its probe found. */
  const suspect = async (found: End): Promise<void> => {
    await calling(5, TIMEOUT)
    answer = found
    await call(status(200))
  }

  test('and is well is no longer waited for, when another time it is sick', async () => {
    await suspect(status(200))
    probes = 0
    await beSick()
    await clock.advance(5_000)
    const { promise, resolve } = Promise.withResolvers<HttpResponse>()
    probe = () => promise
    const first = call(status(200))
    expect(await call(status(200))).toBe('UPSTREAM_UNAVAILABLE')
    resolve(status(200))
    expect(await first).toBe('200')
  })

  test('and is sick is left alone for five seconds like any other, and for ten after the next probe', async () => {
    await suspect(TIMEOUT)
    for (const wait of [5_000, 10_000]) {
      const before = probes
      await clock.advance(wait - 1)
      await call(status(200))
      expect(probes).toBe(before)
      await clock.advance(1)
      await call(status(200))
      expect(probes).toBe(before + 1)
    }
  })
})

// Commands that come in any order, beside a model that knows only how long it must stay open.
test('whatever happens, an open breaker lets nothing through before its time, and a well upstream gets all after', async () => {
  const command = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('ok', 'fail', 'fail', 'fail', 'fail', 'refused', 'left') },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 30_000 }) },
  )
  let opened = 0
  const schedule = fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 200 }), async (commands) => {
    start()
    let shutUntil = 0
    const faults: string[] = []
    for (const each of commands) {
      if (typeof each === 'number') await clock.advance(each)
      else {
        const isWell = each !== 'fail'
        answer = isWell ? status(200) : TIMEOUT
        const [stateBefore, callsBefore, probesBefore] = [breaker.state, calls, probes]
        const ends: Record<typeof each, End> = {
          ok: answer,
          fail: TIMEOUT,
          refused: status(429),
          left: new Error('left'),
        }
        await call(ends[each])
        const passed = calls - callsBefore
        const isShut = stateBefore === 'open' && clock.now() < shutUntil
        if (isShut && (passed > 0 || probes > probesBefore)) faults.push('it let something through before its time')
        if (stateBefore === 'closed' && passed !== 1) faults.push('it refused a request while closed')
        if (probes > probesBefore && passed !== (isWell ? 1 : 0)) faults.push('it did not do what its probe said')
        if (breaker.state === 'probing') faults.push('it goes on probing')
        if (breaker.state === 'open' && (stateBefore === 'closed' || probes > probesBefore)) {
          opened++
          // Suspected only, it may be probed at once.
          shutUntil = probes > probesBefore ? clock.now() + 5_000 : clock.now()
        }
      }
    }
    await clock.advance(60_000)
    answer = status(200)
    expect([faults, await call(), breaker.state]).toEqual([[], '200', 'closed'])
  })
  await fc.assert(schedule, { numRuns: 300 })
  expect(opened).toBeGreaterThan(30)
})
