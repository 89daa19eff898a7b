import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { fileSecret } from '../../../src/config/secret.ts'
import type { PublicError } from '../../../src/errors.ts'
import { CredentialsPolicy } from '../../../src/http/credentials.ts'
import { createDualKeys } from '../../../src/http/dual-keys.ts'
import { withPolicies, type HttpRequest, type HttpTransport } from '../../../src/http/transport.ts'
import { settled, VirtualClock } from './virtual-clock.ts'

let clock: VirtualClock
let send: HttpTransport
let policy: CredentialsPolicy
/** The calls, as path and keys. */
let calls: string[]
/** The pairs that the upstream takes, and the paths for which they have no right. */
let good: Set<string>
let forbidden: Set<string>
/** What the probe is answered, where it is neither yes nor no. */
let probeStatus: number | undefined
/** Holds the probe's answer back. */
let probeAnswered: Promise<void>
let writeKey: (name: 'application' | 'user', value: string) => void

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeKey = (name, value) => writeFileSync(join(folder, name), value)
  writeKey('application', 'app1')
  writeKey('user', 'user1')
  clock = new VirtualClock()
  calls = []
  good = new Set(['app1+user1'])
  forbidden = new Set()
  probeStatus = undefined
  probeAnswered = Promise.resolve()
  const transport: HttpTransport = async ({ path, headers = {} }) => {
    const keys = `${headers['x-application-key']}+${headers['x-user-api-key']}`
    calls.push(`${path} ${keys}`)
    if (path === '/user/self') await probeAnswered
    if (path === '/user/self' && probeStatus) return { status: probeStatus, headers: {}, body: undefined }
    return { status: good.has(keys) && !forbidden.has(path) ? 200 : 401, headers: {}, body: undefined }
  }
  policy = new CredentialsPolicy({
    upstream: 'LEGACY',
    credentials: createDualKeys({
      auth: 'headers',
      applicationKey: fileSecret(join(folder, 'application'), clock.now),
      userApiKey: fileSecret(join(folder, 'user'), clock.now),
      clock,
    }),
    probe: { method: 'GET', path: '/user/self' },
    transport,
    clock,
    onChange: () => undefined,
  })
  send = withPolicies(transport, policy.guard, policy.authorize)
})

async function call(
  path = '/user',
  method: HttpRequest['method'] = 'GET',
  { signal } = new AbortController(),
): Promise<string> {
  return send({ method, path, signal }).then(
    ({ status }) => String(status),
    (error: PublicError) => `${error.code} ${error.delivery}`,
  )
}

describe('keys that are refused', () => {
  test('are dead when the probe is refused as well, and then nothing is called', async () => {
    good.clear()
    expect(await call()).toBe('401')
    for (let time = 0; time < 50; time++) expect(await call()).toBe('UPSTREAM_UNAUTHORIZED NOT_SENT')
    expect(calls).toEqual(['/user app1+user1', '/user/self app1+user1'])
    expect(policy.state).toBe('dead')
  })

  test('are probed once for all who were refused together', async () => {
    good.clear()
    await Promise.all(Array.from({ length: 20 }, async () => call()))
    expect(calls.filter((each) => each.startsWith('/user/self'))).toHaveLength(1)
  })

  // The legacy API says 401 to a missing right as well.
  test('are not dead where only a right is missing, and that is proven once in a while, not each time', async () => {
    await call()
    forbidden.add('/user/5')
    calls = []
    for (let time = 0; time < 10; time++) expect(await call('/user/5', 'PUT')).toBe('401')
    expect([policy.state, await call(), calls.length]).toEqual(['good', '200', 12])
    await clock.advance(30_000)
    await call('/user/5', 'PUT')
    expect(calls.filter((each) => each.startsWith('/user/self'))).toHaveLength(2)
  })

  test('are tried again by a request after thirty seconds, never unasked', async () => {
    good.clear()
    await call()
    calls = []
    await clock.advance(29_999)
    expect([await call(), calls]).toEqual(['UPSTREAM_UNAUTHORIZED NOT_SENT', []])
    await clock.advance(1)
    expect([await call(), await call(), calls.length]).toEqual([...Array(2).fill('UPSTREAM_UNAUTHORIZED NOT_SENT'), 1])
    await clock.advance(600_000)
    expect(calls).toHaveLength(1)
    good.add('app1+user1')
    expect([await call(), policy.state]).toEqual(['200', 'good'])
  })

  // The probe had found the keys good, and they counted as dead for another thirty seconds: its finding was left to the
  // request that had begun it, and that one was gone. With clients that leave early they would never have come back.
  test('live again when the probe says so, although the request that began it has left', async () => {
    good.clear()
    await call()
    await clock.advance(30_000)
    good.add('app1+user1')
    const { promise, resolve } = Promise.withResolvers<void>()
    probeAnswered = promise
    const leaving = new AbortController()
    const left = call('/user', 'GET', leaving)
    leaving.abort(new Error('left'))
    await left
    resolve()
    await settled()
    expect([policy.state, await call()]).toEqual(['good', '200'])
  })

  // Any answer but a 401 passed for a proof, also that of an upstream that throttled or was down before it looked at the
  // keys: dead ones came to life, or were called with for half a minute because they were "proven".
  test.each([307, 408, 429, 500, 503])('are neither dead nor alive by a probe that is answered %i', async (status) => {
    good.clear()
    probeStatus = status
    expect([await call(), policy.state]).toEqual(['401', 'good'])
    probeStatus = undefined
    expect([await call(), policy.state]).toEqual(['401', 'dead'])
    probeStatus = status
    await clock.advance(30_000)
    expect([await call(), policy.state]).toEqual(['UPSTREAM_UNAUTHORIZED NOT_SENT', 'dead'])
  })

  test.each([200, 403, 404])('are alive by a probe that is answered %i', async (status) => {
    forbidden.add('/user')
    probeStatus = status
    calls = []
    for (let time = 0; time < 5; time++) expect([await call(), policy.state]).toEqual(['401', 'good'])
    expect(calls.filter((each) => each.startsWith('/user/self'))).toHaveLength(1)
  })

  test('are forgotten as soon as their files have changed', async () => {
    good.clear()
    await call()
    good.add('app2+user2')
    writeKey('application', 'app2')
    writeKey('user', 'user2')
    // No time has passed: the files are looked at for each request while the keys are dead.
    expect([await call(), policy.state]).toEqual(['200', 'good'])
  })

  // A token that was given out before a right was granted does not carry it; asked with again it would be dead until its end.
  test('are tried again with new ones, where they are given out', async () => {
    let given = 1
    const ids: unknown[] = []
    const renewed = new CredentialsPolicy({
      upstream: 'SITE_PARTNER',
      credentials: {
        get: async () => ({ id: `${given}`, headers: { id: `${given}` } }),
        renew: async () => ({ id: `${++given}`, headers: { id: `${given}` } }),
        renewals: 1,
        accepted: () => undefined,
        version: () => '1',
      },
      probe: { method: 'GET', path: '/probe' },
      transport: async ({ headers }) => answer(headers?.['id']),
      clock,
      onChange: () => undefined,
    })
    const answer = (id: unknown) => {
      ids.push(id)
      return { status: Number(id) < 3 ? 401 : 200, headers: {}, body: undefined }
    }
    const ask = withPolicies(async ({ headers }) => answer(headers?.['id']), renewed.guard, renewed.authorize)
    const request = { method: 'GET', path: '/', signal: new AbortController().signal } as const
    await ask(request)
    expect([ids, renewed.state]).toEqual([['1', '2', '2'], 'dead'])
    await clock.advance(30_000)
    expect([(await ask(request)).status, ids.slice(3), renewed.state]).toEqual([200, ['3', '3'], 'good'])
  })

  test('say nothing where the probe does not come through', async () => {
    forbidden.add('/user')
    const failing = new CredentialsPolicy({
      upstream: 'LEGACY',
      credentials: {
        get: async () => ({ id: 'a', headers: {} }),
        renew: async () => undefined,
        renewals: 1,
        accepted: () => undefined,
        version: () => '1',
      },
      probe: { method: 'GET', path: '/user/self' },
      transport: async () => Promise.reject(new Error('no connection')),
      clock,
      onChange: () => undefined,
    })
    const response = await failing.authorize(async () => ({ status: 401, headers: {}, body: undefined }))({
      method: 'GET',
      path: '/user',
      signal: new AbortController().signal,
    })
    expect([response.status, failing.state]).toEqual([401, 'good'])
  })
})

describe('keys that are rotated', () => {
  beforeEach(async () => void (await call()))

  test('are read at once when they are refused, and the request is made again, whatever it is', async () => {
    good = new Set(['app2+user2'])
    writeKey('application', 'app2')
    writeKey('user', 'user2')
    calls = []
    expect(await call('/user', 'POST')).toBe('200')
    expect(calls).toEqual(['/user app1+user1', '/user app2+user2'])
  })

  test('one file after the other cost nobody a request while the old pair is still taken', async () => {
    good = new Set(['app1+user1', 'app2+user2'])
    writeKey('application', 'app2')
    await clock.advance(1_000)
    calls = []
    expect([await call(), await call()]).toEqual(['200', '200'])
    expect(calls).toEqual(['/user app2+user1', '/user app1+user1', '/user app1+user1'])
    writeKey('user', 'user2')
    await clock.advance(1_000)
    expect(await call()).toBe('200')
    expect([calls.at(-1), policy.state]).toEqual(['/user app2+user2', 'good'])
  })

  test('one file after the other cost nobody a request when the old pair is no longer taken', async () => {
    good = new Set(['app2+user2'])
    writeKey('application', 'app2')
    const waiting = call()
    clock.after(400, () => writeKey('user', 'user2'))
    await clock.advance(1_000)
    expect([await waiting, policy.state]).toEqual(['200', 'good'])
  })

  // A 401 to keys that had been proven was taken for a missing right without a look at the files. So wherever somebody now
  // and then asked for what the keys had no right to, rotating them cost every request of the next second.
  test('are read at once also where a right was missing a moment ago', async () => {
    forbidden.add('/user/5')
    expect(await call('/user/5', 'PUT')).toBe('401')
    good = new Set(['app2+user2'])
    writeKey('application', 'app2')
    writeKey('user', 'user2')
    expect([await call(), policy.state]).toEqual(['200', 'good'])
  })

  // The new pair was refused while the upstream did not know it yet. The old one went on, and when that ended, all who were
  // under way failed, for the new one counted as refused for good.
  test('before the new pair is in force cost nobody a request when it is', async () => {
    writeKey('application', 'app2')
    writeKey('user', 'user2')
    await clock.advance(1_000)
    expect([await call(), await call()]).toEqual(['200', '200'])
    good = new Set(['app2+user2'])
    expect([await call('/user', 'POST'), await call(), policy.state]).toEqual(['200', '200', 'good'])
  })

  // A 429 or a 500 for a new key with an old one made that pair the one "that was taken", and the old pair, which was
  // still good, was not fallen back on any more.
  test.each([429, 500])('by half are not taken for good because of a %i', async (status) => {
    writeKey('application', 'app2')
    await clock.advance(1_000)
    probeStatus = status
    expect(await call('/user/self')).toBe(String(status))
    probeStatus = undefined
    expect([await call(), policy.state]).toEqual(['200', 'good'])
    expect(calls.at(-1)).toBe('/user app1+user1')
  })

  test('by half only are waited for a second, and then they are dead', async () => {
    good = new Set(['app2+user2'])
    writeKey('application', 'app2')
    const waiting = call()
    await clock.advance(1_050)
    await settled()
    expect([await waiting, policy.state]).toEqual(['401', 'dead'])
    writeKey('user', 'user2')
    expect([await call(), policy.state]).toEqual(['200', 'good'])
  })
})
