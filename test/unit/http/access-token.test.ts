import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PublicError } from '../../../src/errors.ts'
import { createAccessTokens, type AccessTokens } from '../../../src/http/access-token.ts'
import type { ClientCredentials } from '../../../src/http/token-endpoint.ts'
import type { HttpTransport } from '../../../src/http/transport.ts'
import { createUndiciTransport } from '../../../src/http/undici-transport.ts'
import { startSimulator, type Fault, type Simulator } from '../../simulator/simulator.ts'
import { settled } from './virtual-clock.ts'

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000)

const TOKEN = 'POST /oauth/token'
const HOUR = 3_600_000

let simulator: Simulator
let now: number
let tokens: AccessTokens
let clientSecret: string
let credentials: ClientCredentials
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 1, sitePartner: 20, shared: 1 } })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  now = 5 * HOUR
  clientSecret = simulator.environment['SITE_PARTNER_CLIENT_SECRET'] ?? ''
  credentials = {
    clientId: () => simulator.environment['SITE_PARTNER_CLIENT_ID'] ?? '',
    clientSecret: () => clientSecret,
    audience: simulator.environment['SITE_PARTNER_AUDIENCE'] ?? '',
  }
  tokens = createAccessTokens({
    upstream: 'SITE_PARTNER',
    transport: transport(simulator.environment['SITE_PARTNER_TOKEN_URL'], 1),
    credentials,
    monotonicNow: () => now,
  })
})

describe('a token', () => {
  test('is asked for once by all who need it at once, and is used again', async () => {
    const given = await Promise.all(Array.from({ length: 20 }, get))
    expect([new Set(given).size, asked()]).toEqual([1, 1])
    expect([await get(), asked()]).toEqual([given[0], 1])
  })

  test.each([
    [86_400, 82_080],
    [3_600, 3_420],
    [600, 540],
    [100, 50],
    [1, 0.5],
    [undefined, 240],
  ])('that lives %s s is renewed after %d s, and not before', async (expires_in, renewedAfter) => {
    giveToken({ access_token: 'first', expires_in })
    giveToken({ access_token: 'second', expires_in })
    const begin = now
    expect(await get()).toBe('first')
    now = begin + renewedAfter * 1000 - 1
    expect(await get()).toBe('first')
    now = begin + renewedAfter * 1000
    // Nobody waits for the new one: who comes meanwhile goes on with the old one.
    expect(await Promise.all([get(), get()])).toEqual(['first', 'first'])
    await until(async () => expect(await get()).toBe('second'))
    expect(asked()).toBe(2)
  })

  test('counts its life from the request: a slow answer does not lengthen it', async () => {
    simulator.sitePartner.faults.add({ kind: 'hold', times: 1 })
    giveToken({ access_token: 'slow', expires_in: 600 })
    const slow = get()
    await simulator.sitePartner.faults.whenHeld()
    now += 540_000
    simulator.sitePartner.faults.release()
    expect(await slow).toBe('slow')
    await until(async () => expect(await get()).not.toBe('slow'))
  })

  test('is asked for with the credentials of the moment', async () => {
    const right = clientSecret
    clientSecret = 'rotated away'
    expect(await failureOf(get())).toBe('UPSTREAM_UNAUTHORIZED')
    clientSecret = right
    expect(await get()).toEqual(expect.any(String))
  })

  test('that is old is good until its end while the endpoint is down', async () => {
    giveToken({ access_token: 'old', expires_in: 600 })
    const begin = now
    await get()
    simulator.sitePartner.faults.add({ kind: 'status', status: 503, endpoint: TOKEN })
    now = begin + 599_999
    expect(await Promise.all([get(), get()])).toEqual(['old', 'old'])
    now = begin + 600_000
    expect(await failureOf(get())).toBe('UPSTREAM_UNAVAILABLE')
    simulator.sitePartner.faults.clear()
    now += 1_000
    expect(await get()).toEqual(expect.any(String))
  })

  // Each call waited for the whole timeout of an endpoint that hung, although the token was good for another minute.
  test('that is old keeps nobody waiting while the endpoint hangs, which is not asked again for each call', async () => {
    giveToken({ access_token: 'old', expires_in: 600 })
    await get()
    simulator.sitePartner.faults.add({ kind: 'hang', endpoint: TOKEN })
    now += 550_000
    for (let call = 0; call < 20; call++) expect(await get()).toBe('old')
    await until(() => expect(asked()).toBe(2))
  })

  test('is asked for less and less often while the endpoint fails', async () => {
    const askedAt: number[] = []
    const begun = now + 541_000
    const failing = createAccessTokens({
      upstream: 'SITE_PARTNER',
      transport: async () => {
        if (now >= begun) askedAt.push((now - begun) / 1000)
        const body = { access_token: 'old', expires_in: 600 }
        return { status: now < begun ? 200 : 500, headers: {}, body }
      },
      credentials,
      monotonicNow: () => now,
    })
    await failing.get(new AbortController().signal)
    for (now = begun; now < begun + 40_000; now += 500) {
      expect(await failing.get(new AbortController().signal)).toBe('old')
      await settled()
    }
    expect(askedAt).toEqual([0, 1, 3, 7, 15, 25, 35])
  })

  // The pause after a failure was kept also for those who came with other credentials: up to ten more seconds of refusals
  // after the secret had been put right.
  test('is asked for at once with other credentials, though the endpoint was to be left alone', async () => {
    const right = clientSecret
    clientSecret = 'wrong'
    for (let time = 0; time < 2; time++) expect(await failureOf(get())).toBe('UPSTREAM_UNAUTHORIZED')
    expect([await failureOf(get()), asked()]).toEqual(['UPSTREAM_UNAVAILABLE', 2])
    clientSecret = right
    expect([await get(), asked()]).toEqual([expect.any(String), 3])
  })

  test('that was refused is not used again, not even while the endpoint is down', async () => {
    giveToken({ access_token: 'old', expires_in: 600 })
    tokens.refuse(await get())
    simulator.sitePartner.faults.add({ kind: 'drop', endpoint: TOKEN })
    expect(await failureOf(get())).toBe('UPSTREAM_UNAVAILABLE')
  })

  test('that is refused while it is renewed is not fallen back on', async () => {
    giveToken({ access_token: 'old', expires_in: 600 })
    const old = await get()
    now += 550_000
    simulator.sitePartner.faults.add({ kind: 'hold', times: 1 })
    simulator.sitePartner.faults.add({ kind: 'status', status: 500, times: 1 })
    expect(await get()).toBe(old)
    await simulator.sitePartner.faults.whenHeld()
    tokens.refuse(old)
    const renewing = failureOf(get())
    simulator.sitePartner.faults.release()
    expect(await renewing).toBe('UPSTREAM_UNAVAILABLE')
  })

  test('that is new outlives the refusal of the one before it', async () => {
    const old = await get()
    tokens.refuse(old)
    const renewed = await get()
    tokens.refuse(old)
    expect([await get(), asked()]).toEqual([renewed, 2])
  })

  test.each<[string, Fault]>([
    ['UPSTREAM_UNAUTHORIZED', { kind: 'status', status: 401 }],
    ['UPSTREAM_UNAUTHORIZED', { kind: 'status', status: 403 }],
    ['UPSTREAM_THROTTLED', { kind: 'throttle' }],
    ['UPSTREAM_UNAVAILABLE', { kind: 'truncate' }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'not-json' }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'status', status: 200, body: { access_token: '' } }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'status', status: 200, body: { access_token: 't', expires_in: 0 } }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'status', status: 200, body: [] }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'redirect', location: 'https://elsewhere.example/' }],
  ])('that does not come is %s to all who wait, and is asked for anew: %j', async (code, fault) => {
    simulator.sitePartner.faults.add({ ...fault, times: 1 })
    expect(await Promise.all([failureOf(get()), failureOf(get())])).toEqual([code, code])
    expect([await get(), asked()]).toEqual([expect.any(String), 2])
  })

  test('is no longer waited for by who leaves, and not asked for when all have left', async () => {
    const { faults, calls } = simulator.sitePartner
    const left = new Error('left')
    faults.add({ kind: 'hold', times: 1 })
    const callers = [new AbortController(), new AbortController()]
    const waits = callers.map(async ({ signal }) => tokens.get(signal).catch((error: unknown) => error))
    await faults.whenHeld()
    callers[0]?.abort(left)
    expect(await waits[0]).toBe(left)
    expect(calls.pending()).toBe(1)
    callers[1]?.abort(left)
    expect(await waits[1]).toBe(left)
    await until(() => expect(calls.pending()).toBe(0))
    // That they left is no failure: the endpoint is asked again at once, however many leave.
    for (let time = 0; time < 3; time++) {
      const caller = new AbortController()
      const leaving = tokens.get(caller.signal).catch((error: unknown) => error)
      caller.abort(left)
      expect(await leaving).toBe(left)
    }
    expect(await get()).toEqual(expect.any(String))
  })

  test('that has come makes good for the failures before it', async () => {
    for (let time = 0; time < 4; time++) {
      simulator.sitePartner.faults.add({ kind: 'status', status: 500, endpoint: TOKEN, times: 1 })
      expect(await failureOf(get())).toBe('UPSTREAM_UNAVAILABLE')
      // After one failure nobody is kept away.
      tokens.refuse(await get())
    }
    expect(asked()).toBe(8)
  })
})

async function get(): Promise<string> {
  return tokens.get(new AbortController().signal)
}

function asked(): number {
  return simulator.sitePartner.calls.count(TOKEN)
}

function giveToken(body: Record<string, unknown>): void {
  simulator.sitePartner.faults.add({ kind: 'status', status: 200, body, times: 1 })
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'none',
    (error: PublicError) => error.code,
  )
}

function transport(baseUrl = '', connections = 1): HttpTransport {
  const closable = createUndiciTransport({ upstream: 'SITE_PARTNER', baseUrl, connections, timeoutMs: 15_000 })
  onTestFinished(() => closable.close())
  return closable.send
}
