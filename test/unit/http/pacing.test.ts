import { beforeEach, describe, expect, test } from 'vitest'
import { deadlineExceeded, type PublicError } from '../../../src/errors.ts'
import { Pacer } from '../../../src/http/pacing.ts'
import type { HttpRequest, HttpResponse, HttpTransport } from '../../../src/http/transport.ts'
import { settled, VirtualClock } from './virtual-clock.ts'

const OK: HttpResponse = { status: 200, headers: {}, body: {} }

let clock: VirtualClock
let pacer: Pacer
let send: HttpTransport
/** The paths of the calls that began, in their order, and how to end each. */
let begun: string[]
let end: Map<string, (response?: HttpResponse) => void>
beforeEach(() => {
  clock = new VirtualClock()
  pacer = new Pacer({ upstream: 'LEGACY', concurrency: 4, clock, now: () => new Date(clock.now()) })
  begun = []
  end = new Map()
  send = pacer.policy(({ path }) => {
    begun.push(path)
    return new Promise((resolve) => end.set(path, (response = OK) => resolve(response)))
  })
})

describe('who waits for a place', () => {
  test('comes in as writes before reads before what nobody waits for', async () => {
    for (const path of ['a', 'b', 'c', 'd']) void send(read(path))
    void send({ ...read('background'), background: true })
    void send(read('read'))
    void send(write('write 1'))
    void send(write('write 2'))
    await settled()
    // A write has a connection of its own, so it need not wait for reads.
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'write 1'])
    end.get('a')?.()
    end.get('write 1')?.()
    end.get('b')?.()
    await settled()
    expect(begun.slice(5).toSorted()).toEqual(['background', 'read', 'write 2'])
    expect(begun.indexOf('read')).toBeLessThan(begun.indexOf('background'))
    expect([pacer.running, pacer.queued]).toEqual([5, 0])
  })

  test('is let in one write at a time, in their order', async () => {
    for (let index = 0; index < 3; index++) void send(write(`write ${index}`))
    for (let index = 0; index < 3; index++) {
      await settled()
      expect(begun).toEqual(['write 0', 'write 1', 'write 2'].slice(0, index + 1))
      end.get(`write ${index}`)?.()
    }
  })

  test('leaves half the places to those for whom somebody waits', async () => {
    for (let index = 0; index < 4; index++) void send({ ...read(`background ${index}`), background: true })
    void send(read('read'))
    await settled()
    expect(begun).toEqual(['background 0', 'background 1', 'read'])
  })

  test('waits as long as it takes where nobody was refused: a slow upstream is no throttle', async () => {
    for (let index = 0; index < 5; index++) void send(read(`${index}`))
    await clock.advance(60_000)
    expect([begun.length, pacer.queued, pacer.ratePerSecond]).toEqual([4, 1, null])
  })
})

describe('an upstream that refuses', () => {
  test('sets no rate before it has refused', async () => {
    await many(5_000)
    expect([begun.length, pacer.ratePerSecond]).toEqual([5_000, null])
  })

  test('sets a rate, and who could not be served in time is refused at once and was not sent', async () => {
    await many(50)
    await refuse('refused')
    expect(pacer.ratePerSecond).toBeGreaterThan(40)
    const before = begun.length
    const outcomes = Array.from({ length: 200 }, async (_, index) => outcomeOf(send(read(`late ${index}`))))
    await settled()
    const { queued } = pacer
    // What is let in at once, and what comes in within 0.6 s at such a rate.
    expect(queued).toBeGreaterThan(20)
    expect(queued).toBeLessThan(200)
    const refused = 200 - queued - (begun.length - before)
    expect((await Promise.all(outcomes.slice(-refused))).every((each) => each === 'UPSTREAM_THROTTLED NOT_SENT')).toBe(
      true,
    )
  })

  test('has its `Retry-After` honoured: nothing is sent until then, and who cannot wait is told now', async () => {
    await refuse('refused', { 'retry-after': '5' })
    expect(await outcomeOf(send(read('now')))).toBe('UPSTREAM_THROTTLED NOT_SENT')
    const patient = send({ ...read('background'), background: true })
    await clock.advance(4_999)
    expect(begun).toEqual(['refused'])
    await clock.advance(200)
    expect(begun).toEqual(['refused', 'background'])
    end.get('background')?.()
    await patient
  })

  test('for want of health and says for how long is left alone for so long', async () => {
    const failing = send(read('failing'))
    await settled()
    end.get('failing')?.({ status: 503, headers: { 'retry-after': '5' }, body: {} })
    await failing
    expect(await outcomeOf(send(read('now')))).toBe('UPSTREAM_THROTTLED NOT_SENT')
    await clock.advance(5_000)
    void send(read('then'))
    await settled()
    expect([begun, pacer.ratePerSecond]).toEqual([['failing', 'then'], null])
  })

  test('is not waited for beyond the deadline, nor by who leaves', async () => {
    await refuse('refused', { 'x-ratelimit-retry-after': '0.5' })
    expect(await outcomeOf(send({ ...read('short'), deadline: clock.now() + 600 }))).toBe('UPSTREAM_THROTTLED NOT_SENT')
    expect(await outcomeOf(send({ ...read('over'), deadline: clock.now() }))).toBe('DEADLINE_EXCEEDED NOT_SENT')
    const controller = new AbortController()
    const leaving = outcomeOf(send({ ...read('leaving'), signal: controller.signal }))
    await settled()
    controller.abort(new Error('left'))
    expect(await leaving).toBe('left')
    await clock.advance(1_000)
    expect(begun).toEqual(['refused'])
  })

  test('and takes nothing for a second is asked by one call at a time, ever less often, until it takes one', async () => {
    const calls: number[] = []
    const banned = new Pacer({ upstream: 'LEGACY', concurrency: 4, clock, now: () => new Date(clock.now()) })
    let status = 429
    const ask = banned.policy(async () => {
      calls.push(clock.now())
      return { status, headers: {}, body: {} }
    })
    const demand = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 25) {
        void outcomeOf(ask(read(`${passed}`)))
        await clock.advance(25)
      }
    }
    await demand(20_000)
    const gaps = calls.map((at, index) => Math.round((at - (calls[index - 1] ?? 0)) / 500) / 2).filter((gap) => gap > 0)
    expect(gaps).toEqual([1, 1.5, 2.5, 3.5, 5])
    status = 200
    await demand(10_000)
    expect(calls.filter((at) => at > 28_000).length).toBeGreaterThan(50)
  })
})

function read(path: string): HttpRequest {
  return { method: 'GET', path, signal: new AbortController().signal }
}

function write(path: string): HttpRequest {
  return { ...read(path), method: 'PUT' }
}

/** So many reads, all taken, over a second. */
async function many(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    void send(read(`${index}`))
    await clock.advance(1_000 / count)
    end.get(`${index}`)?.()
  }
  await settled()
}

async function refuse(path: string, headers = {}): Promise<void> {
  const refused = send(read(path))
  await settled()
  end.get(path)?.({ status: 429, headers, body: {} })
  await refused
}

function outcomeOf(promise: Promise<HttpResponse>): Promise<string> {
  return promise.then(
    ({ status }) => String(status),
    (error: PublicError) => (error.code ? `${error.code} ${error.delivery}` : error.message),
  )
}

test('who leaves before their turn knows that nothing was sent', async () => {
  const late = new AbortController()
  const gone = new AbortController()
  void send(write('under way'))
  const waiting = [late, gone].map(({ signal }) =>
    send({ ...write('waiting'), signal }).catch((error: unknown) => error),
  )
  await settled()
  late.abort(deadlineExceeded())
  gone.abort(new Error('of somebody else'))
  expect(await Promise.all(waiting)).toMatchObject([
    { code: 'DEADLINE_EXCEEDED', delivery: 'NOT_SENT' },
    { message: 'of somebody else' },
  ])
  expect(begun).toEqual(['under way'])
})
