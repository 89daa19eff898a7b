import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { PublicError } from '../../../src/errors.ts'
import type { HttpRequest } from '../../../src/http/transport.ts'
import { createUndiciTransport, type ClosableTransport } from '../../../src/http/undici-transport.ts'
import { startSimulator, type Fault, type Simulator } from '../../simulator/simulator.ts'

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000)

const LIMIT = 2 * 1024 * 1024
const SECRET = 'a-very-secret-key'
const PATH = '/user?page=private-path'

let simulator: Simulator
const uncaught: unknown[] = []
const keep = (error: unknown): void => void uncaught.push(error)

beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 30, sitePartner: 1, shared: 1 } })
  process.on('uncaughtException', keep).on('unhandledRejection', keep)
})
afterAll(async () => {
  process.off('uncaughtException', keep).off('unhandledRejection', keep)
  await simulator.close()
})
beforeEach(() => simulator.reset())
// Undici raises some errors outside every promise, a turn of the loop later.
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve))
  if (uncaught.length > 0) throw new AggregateError(uncaught.splice(0), 'an error was not caught')
})

describe('an answer', () => {
  test('is given with its status, its headers and its body, over sockets that are kept', async () => {
    let connections = 0
    const server = await serve((_request, response) => {
      response.setHeader('x-several', ['a', 'b'])
      response.writeHead(200, { 'content-type': 'application/vnd.api+json; charset=utf-8' }).end('{"a":[1]}')
    })
    server.on('connection', () => void connections++)
    const { send } = open({ baseUrl: urlOf(server), connections: 1 })
    for (let call = 0; call < 5; call++) {
      const { status, headers, body } = await send(get('/'))
      expect([status, headers['x-several'], body]).toEqual([200, 'a, b', { a: [1] }])
    }
    expect(connections).toBe(1)
  })

  const html = { body: '<p>', contentType: 'text/html' }
  test.each<[string, Fault, number, unknown]>([
    ['an error in JSON', { kind: 'status', status: 400, body: { no: 1 } }, 400, { no: 1 }],
    ['an error in HTML', { kind: 'status', status: 502, ...html }, 502, undefined],
    ['an error that is no JSON but says so', { kind: 'status', status: 500, body: '<p>' }, 500, undefined],
    ['an empty success', { kind: 'status', status: 200, body: '' }, 200, undefined],
    ['a 204', { kind: 'status', status: 204, body: '' }, 204, undefined],
    ['the largest body that is taken', { kind: 'huge', bytes: LIMIT }, 200, { padding: expect.any(String) }],
    ['unknown fields', { kind: 'status', status: 200, body: { x: null } }, 200, { x: null }],
  ])('can be %s', async (_name, fault, status, body) => {
    simulator.legacy.faults.add(fault)
    expect(await open().send(get(PATH))).toEqual({ status, headers: expect.any(Object), body })
  })

  test('that redirects is an answer, and nothing goes to where it points', async () => {
    let visits = 0
    const elsewhere = await serve((_request, response) => {
      visits++
      response.end()
    })
    simulator.legacy.faults.add({ kind: 'redirect', location: `${urlOf(elsewhere)}/steal` })
    const { status, headers } = await open().send({ ...get('/user'), method: 'POST', json: { password: SECRET } })
    expect([status, headers['location'], visits]).toEqual([307, `${urlOf(elsewhere)}/steal`, 0])
  })
})

describe('a request', () => {
  test.each([
    ['', '/user/..%2F./../%zz?x=a+b&x=%20', '/user/..%2F./../%zz?x=a+b&x=%20'],
    ['/', '/user', '/user'],
    ['/v2/../api/', '/user/..', '/api/user/..'],
    ['/oauth/token', '', '/oauth/token'],
    ['', '', '/'],
  ])('to base path %j and path %j goes to %j, as it is', async (base, path, expected) => {
    const urls: unknown[] = []
    const server = await serve((request, response) => {
      urls.push(request.url)
      response.end()
    })
    await open({ baseUrl: urlOf(server) + base }).send(get(path))
    expect(urls).toEqual([expected])
  })

  test('asks for plain JSON and sends JSON', async () => {
    const server = await serve((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      request.on('end', () =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify([request.headers, body])),
      )
    })
    const { send } = open({ baseUrl: urlOf(server) })
    const sent = (await send({ ...get('/'), method: 'PUT', json: { a: 'ü' } })).body
    expect(sent).toEqual([
      expect.objectContaining({
        accept: 'application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'x-application-key': SECRET,
      }),
      '{"a":"ü"}',
    ])
    expect((await send(get('/'))).body).toEqual([
      expect.not.objectContaining({ 'content-type': expect.anything() }),
      '',
    ])
  })
})

describe('what is no usable answer', () => {
  const gzip = { 'content-encoding': 'gzip' }
  // Long, but short in the test's name.
  const bomb = Object.defineProperty({}, 'toJSON', { value: () => '40 kB' })
  Object.assign(bomb, { 'x-bomb': 'x'.repeat(40_000) })
  const faults: [string, Fault][] = [
    ['UPSTREAM_TIMEOUT', { kind: 'hang' }],
    // Each byte would start a socket's idle timer anew; the attempt has one for the whole.
    ['UPSTREAM_TIMEOUT', { kind: 'trickle', ms: 50, bytes: 200 }],
    ['UPSTREAM_UNAVAILABLE', { kind: 'drop' }],
    ['UPSTREAM_UNAVAILABLE', { kind: 'drop-after' }],
    ['UPSTREAM_UNAVAILABLE', { kind: 'truncate' }],
    ['UPSTREAM_UNAVAILABLE', { kind: 'status', status: 200, headers: bomb }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'not-json' }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'wrong-content-type' }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'status', status: 200, body: { a: 1 }, headers: gzip }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'huge', bytes: LIMIT + 1 }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'huge', bytes: LIMIT + 1, chunked: true }],
    ['UPSTREAM_INVALID_RESPONSE', { kind: 'huge', bytes: 3 * LIMIT, chunked: true }],
  ]

  test.each(faults)(
    'is %s after %j: it says nothing of the call and leaves the transport sound',
    async (code, fault) => {
      const timeoutMs = code === 'UPSTREAM_TIMEOUT' ? 150 : 10_000
      const { send } = open({ timeoutMs, connections: 1 })
      simulator.legacy.faults.add({ ...fault, times: 1 })
      const error = await failure(send({ ...withKeys('/user/self'), method: 'GET' }))
      expect(error).toMatchObject({ code, source: 'LEGACY' })
      expectNothingTold(error)
      expect((await send(withKeys('/user/self'))).status).toBe(200)
    },
  )

  test('is UPSTREAM_UNAVAILABLE where nobody listens', async () => {
    const server = await serve(() => undefined)
    const baseUrl = urlOf(server)
    await new Promise((resolve) => server.close(resolve))
    const error = await failure(open({ baseUrl }).send(get(PATH)))
    expect(error.code).toBe('UPSTREAM_UNAVAILABLE')
    expectNothingTold(error)
  })

  // Undici's `body.destroy()` on a body that has come already once raised an AbortError that nobody could catch, and the
  // process was gone. The listeners above see it.
  test('never crashes the process, however many bodies are too large', async () => {
    const { send } = open({ connections: 8 })
    const sizes = Array.from({ length: 48 }, (_, index) => LIMIT + 1 + index * 997)
    for (const bytes of sizes) simulator.legacy.faults.add({ kind: 'huge', bytes, chunked: bytes % 2 === 0, times: 1 })
    const errors = await Promise.all(sizes.map(async () => failure(send(get(PATH)))))
    expect(new Set(errors.map((error) => error.message))).toEqual(
      new Set(['LEGACY gave an answer that breaks its contract: the answer is too large.']),
    )
  })
})

describe('the caller', () => {
  const reason = new Error('the caller has left')

  test.each<[string, Fault]>([
    ['before the answer', { kind: 'hold' }],
    ['within the body', { kind: 'trickle', ms: 30_000 }],
  ])('who leaves %s ends the call and gets the own reason', async (_name, fault) => {
    const { calls, faults } = simulator.legacy
    faults.add(fault)
    const controller = new AbortController()
    const rejected = failure(open().send({ ...withKeys('/user/self'), signal: controller.signal }))
    await until(() => expect(calls.pending()).toBe(1))
    controller.abort(reason)
    expect(await rejected).toBe(reason)
    await until(() => expect(calls.pending()).toBe(0))
  })

  test('who has left before the call sends nothing', async () => {
    expect(await failure(open().send({ ...get('/user'), signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(simulator.legacy.calls.count()).toBe(0)
  })

  test('who leaves at any moment gets the answer or the reason, and nothing is uncaught', async () => {
    const { send } = open({ connections: 4 })
    simulator.legacy.faults.add({ kind: 'huge', bytes: 200_000, chunked: true })
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, turns) => {
        const controller = new AbortController()
        const outcome = send({ ...get('/user'), signal: controller.signal }).then(
          ({ status }) => status,
          (error: unknown) => error,
        )
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
        controller.abort(reason)
        return outcome
      }),
    )
    expect(outcomes).toContain(reason)
    expect(outcomes.filter((outcome) => outcome !== 200 && outcome !== reason)).toEqual([])
    await until(() => expect(simulator.legacy.calls.pending()).toBe(0))
  })
})

test('closing ends: what is under way fails, sockets are let go, and nothing more is sent', async () => {
  const server = await serve((request, response) => void (request.url === '/hang' || response.end()))
  const { send, close } = open({ baseUrl: urlOf(server) })
  await send(get('/'))
  const hanging = failure(send(get('/hang')))
  await once(server, 'request')
  await close()
  expect((await hanging).code).toBe('UPSTREAM_UNAVAILABLE')
  await until(async () => expect(await connectionsOf(server)).toBe(0))
  expect((await failure(send(get('/')))).code).toBe('UPSTREAM_UNAVAILABLE')
})

function open(changes: { baseUrl?: string; timeoutMs?: number; connections?: number } = {}): ClosableTransport {
  const defaults = { baseUrl: simulator.legacy.url, timeoutMs: 10_000, connections: 4 }
  const transport = createUndiciTransport({ upstream: 'LEGACY', ...defaults, ...changes })
  onTestFinished(() => transport.close())
  return transport
}

function get(path: string): HttpRequest {
  return { method: 'GET', path, headers: { 'x-application-key': SECRET }, signal: new AbortController().signal }
}

function withKeys(path: string): HttpRequest {
  const { LEGACY_APPLICATION_KEY = '', LEGACY_USER_API_KEY = '' } = simulator.environment
  const headers = { 'x-application-key': LEGACY_APPLICATION_KEY, 'x-user-api-key': LEGACY_USER_API_KEY }
  return { ...get(path), headers: { ...headers, 'x-other': SECRET } }
}

async function failure(promise: Promise<unknown>): Promise<PublicError> {
  return promise.then(
    () => expect.unreachable('it succeeds'),
    (error: PublicError) => error,
  )
}

/** Looks through all that a log or an answer could show of it; the cause is for neither. */
function expectNothingTold(error: PublicError): void {
  expect(error).toBeInstanceOf(PublicError)
  const { cause: _, ...fields } = Object.getOwnPropertyDescriptors(error)
  const told = JSON.stringify([error, String(error), Object.values(fields).map(({ value }) => String(value))])
  for (const part of [SECRET, 'simulated-', '127.0.0.1', 'private-path', 'user/self', 'Ana', 'padding']) {
    expect(told).not.toContain(part)
  }
}

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  // Longer than any test waits for a socket to end.
  server.keepAliveTimeout = 600_000
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}
