import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dualKeys } from '../../../src/http/auth.ts'
import { isSuccess, statusError } from '../../../src/http/status-error.ts'
import { withPolicies, type HttpPolicy } from '../../../src/http/transport.ts'
import { createUndiciTransport, type ClosableTransport } from '../../../src/http/undici-transport.ts'

const received: IncomingMessage[] = []
const server = createServer((request, response) => {
  received.push(request)
  response.end()
})
let transport: ClosableTransport
beforeEach(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  transport = createUndiciTransport({ upstream: 'LEGACY', baseUrl, connections: 1, timeoutMs: 10_000 })
})
afterEach(async () => {
  await transport.close()
  received.length = 0
  await new Promise((resolve) => server.close(resolve))
})

async function headersOver(policy: HttpPolicy, headers: Record<string, string> = {}): Promise<unknown> {
  const { signal } = new AbortController()
  await withPolicies(transport.send, policy)({ method: 'GET', path: '/user?page=1', headers, signal })
  const request = received.at(-1)
  expect(request?.url).toBe('/user?page=1')
  const {
    authorization,
    'x-application-key': application,
    'x-user-api-key': user,
    'x-other': other,
  } = request?.headers ?? {}
  return { authorization, application, user, other }
}

describe('credentials go into headers, never into the path', () => {
  test('as the two keys of the guide', async () => {
    const policy = dualKeys(
      'headers',
      () => 'app',
      () => 'user',
    )
    expect(await headersOver(policy, { 'x-other': '1', 'x-user-api-key': 'forged' })).toEqual({
      application: 'app',
      user: 'user',
      other: '1',
    })
  })

  test('as HTTP Basic, in UTF-8', async () => {
    const policy = dualKeys(
      'basic',
      () => 'äpp',
      () => 'us:er',
    )
    expect(await headersOver(policy)).toEqual({ authorization: `Basic ${Buffer.from('äpp:us:er').toString('base64')}` })
  })

  test('as they are at the moment of each request', async () => {
    let key = 'old'
    const policy = dualKeys(
      'headers',
      () => key,
      () => 'user',
    )
    expect(await headersOver(policy)).toMatchObject({ application: 'old' })
    key = 'new'
    expect(await headersOver(policy)).toMatchObject({ application: 'new' })
  })
})

test('the outermost policy sees a request first', async () => {
  const seen: string[] = []
  const noting =
    (name: string): HttpPolicy =>
    (next) =>
    (request) => {
      seen.push(name)
      return next(request)
    }
  const { signal } = new AbortController()
  await withPolicies(transport.send, noting('outer'), noting('inner'))({ method: 'GET', path: '/', signal })
  expect(seen).toEqual(['outer', 'inner'])
})

describe('a status', () => {
  test.each([
    [429, 'UPSTREAM_THROTTLED', true],
    [401, 'UPSTREAM_UNAUTHORIZED', false],
    [403, 'UPSTREAM_UNAUTHORIZED', false],
    [408, 'UPSTREAM_TIMEOUT', true],
    [504, 'UPSTREAM_TIMEOUT', true],
    [500, 'UPSTREAM_UNAVAILABLE', true],
    [502, 'UPSTREAM_UNAVAILABLE', true],
    [503, 'UPSTREAM_UNAVAILABLE', true],
    [599, 'UPSTREAM_UNAVAILABLE', true],
    [304, 'UPSTREAM_INVALID_RESPONSE', false],
    [307, 'UPSTREAM_INVALID_RESPONSE', false],
    [400, 'UPSTREAM_INVALID_RESPONSE', false],
    [404, 'UPSTREAM_INVALID_RESPONSE', false],
    [418, 'UPSTREAM_INVALID_RESPONSE', false],
  ])('of %i means %s, worth a retry: %s', (status, code, retryable) => {
    expect(statusError('LEGACY', status)).toMatchObject({ code, retryable, source: 'LEGACY' })
  })

  test.each([
    [199, false],
    [200, true],
    [204, true],
    [299, true],
    [300, false],
    [404, false],
  ])('of %i is a success: %s', (status, success) => {
    expect(isSuccess({ status, headers: {}, body: undefined })).toBe(success)
  })
})
