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
  const transport: HttpTransport = async ({ path, headers = {} }) => {
    const keys = `${headers['x-application-key']}+${headers['x-user-api-key']}`
    calls.push(`${path} ${keys}`)
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

async function call(path = '/user', method: HttpRequest['method'] = 'GET'): Promise<string> {
  return send({ method, path, signal: new AbortController().signal }).then(
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

  test('are forgotten as soon as their files have changed', async () => {
    good.clear()
    await call()
    good.add('app2+user2')
    writeKey('application', 'app2')
    writeKey('user', 'user2')
    // No time has passed: the files are looked at for each request while the keys are dead.
    expect([await call(), policy.state]).toEqual(['200', 'good'])
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
