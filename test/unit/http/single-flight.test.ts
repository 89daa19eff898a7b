import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { PublicError } from '../../../src/errors.ts'
import { SharedCalls } from '../../../src/http/shared-calls.ts'
import { singleFlight } from '../../../src/http/single-flight.ts'
import { withPolicies, type HttpRequest, type HttpTransport } from '../../../src/http/transport.ts'
import { createUndiciTransport } from '../../../src/http/undici-transport.ts'
import { startSimulator, type Simulator } from '../../simulator/simulator.ts'

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000)

const LIST = '/user?page=1&count=5'
const left = new Error('left')

let simulator: Simulator
let send: HttpTransport
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 30, sitePartner: 1, shared: 1 } })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  const options = { upstream: 'LEGACY', baseUrl: simulator.legacy.url, connections: 20, timeoutMs: 15_000 } as const
  const transport = createUndiciTransport(options)
  onTestFinished(() => transport.close())
  send = withPolicies(transport.send, singleFlight())
})

test('20 equal reads at once are one call, and the next one is a new call', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, async () => send(get(LIST))))
  expect(simulator.legacy.calls.count()).toBe(1)
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  await send(get(LIST))
  expect(simulator.legacy.calls.count()).toBe(2)
})

test('other paths and other methods are calls of their own', async () => {
  const paths = [LIST, '/user?page=2&count=5', '/user?count=5&page=1']
  const writes = Array.from({ length: 3 }, (): HttpRequest => ({ ...get('/user'), method: 'POST', json: {} }))
  await Promise.all([...paths.map(get), ...writes].map(async (request) => send(request)))
  expect(simulator.legacy.calls.byEndpoint()).toEqual({ 'GET /user': 3, 'POST /user': 3 })
})

// In undici's own interceptor the first caller's abort rejects everybody who shares the call.
test('the caller whose call it is leaves, and the others are served by the same call', async () => {
  const { faults, calls } = simulator.legacy
  faults.add({ kind: 'hold' })
  const leader = new AbortController()
  const leading = send({ ...get(LIST), signal: leader.signal }).catch((error: unknown) => error)
  const others = Array.from({ length: 5 }, async () => send(get(LIST)))
  await faults.whenHeld()
  leader.abort(left)
  expect(await leading).toBe(left)
  const latecomer = send(get(LIST))
  faults.release()
  const answers = await Promise.all([...others, latecomer])
  expect([answers.map(({ status }) => status), calls.count()]).toEqual([Array.from({ length: 6 }, () => 200), 1])
})

test('when all have left the call is broken off, and who comes then begins a new one', async () => {
  const { faults, calls } = simulator.legacy
  faults.add({ kind: 'hold', times: 1 })
  const callers = Array.from({ length: 3 }, () => new AbortController())
  const leaving = callers.map(async ({ signal }) => send({ ...get(LIST), signal }).catch((error: unknown) => error))
  await faults.whenHeld()
  for (const caller of callers) caller.abort(left)
  expect(await Promise.all(leaving)).toEqual([left, left, left])
  // At once: the call that is being broken off is not to be joined.
  expect((await send(get(LIST))).status).toBe(200)
  await until(() => expect(calls.pending()).toBe(0))
  expect(calls.count()).toBe(2)
})

test('who joins in the moment in which the last one leaves is served', async () => {
  const { faults, calls } = simulator.legacy
  faults.add({ kind: 'hold', times: 1 })
  const caller = new AbortController()
  const leaving = send({ ...get(LIST), signal: caller.signal }).catch((error: unknown) => error)
  await faults.whenHeld()
  caller.abort(left)
  const joining = send(get(LIST))
  expect(await leaving).toBe(left)
  faults.release()
  expect((await joining).status).toBe(200)
  await until(() => expect(calls.pending()).toBe(0))
})

test('who has left already starts nothing', async () => {
  await expect(send({ ...get(LIST), signal: AbortSignal.abort(left) })).rejects.toBe(left)
  expect(simulator.legacy.calls.count()).toBe(0)
})

test('a failure reaches all who share it, and is not remembered', async () => {
  simulator.legacy.faults.add({ kind: 'drop', times: 1 })
  const caught = (error: PublicError): string => error.code
  const codes = await Promise.all(Array.from({ length: 5 }, async () => send(get(LIST)).catch(caught)))
  expect(codes).toEqual(Array.from({ length: 5 }, () => 'UPSTREAM_UNAVAILABLE'))
  expect((await send(get(LIST))).status).toBe(200)
  expect(simulator.legacy.calls.count()).toBe(2)
})

test('a call that ends after all have left harms nobody, however it ends', async () => {
  const uncaught: unknown[] = []
  const keep = (error: unknown): void => void uncaught.push(error)
  process.on('unhandledRejection', keep)
  onTestFinished(() => void process.off('unhandledRejection', keep))
  const shared = new SharedCalls<string>()
  const { promise, reject } = Promise.withResolvers<string>()
  const caller = new AbortController()
  const signals: AbortSignal[] = []
  const leaving = shared.join('key', caller.signal, (signal) => {
    signals.push(signal)
    return promise
  })
  caller.abort(left)
  await expect(leaving).rejects.toBe(left)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  const next = shared.join('key', new AbortController().signal, async () => 'new')
  reject(new Error('too late'))
  expect(await next).toBe('new')
  await new Promise((resolve) => setImmediate(resolve))
  expect(uncaught).toEqual([])
})

function get(path: string): HttpRequest {
  const { LEGACY_APPLICATION_KEY = '', LEGACY_USER_API_KEY = '' } = simulator.environment
  const headers = { 'x-application-key': LEGACY_APPLICATION_KEY, 'x-user-api-key': LEGACY_USER_API_KEY }
  return { method: 'GET', path, headers, signal: new AbortController().signal }
}
