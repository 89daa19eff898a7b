import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { SYSTEM_CLOCK } from '../../../src/http/clock.ts'
import { Pacer } from '../../../src/http/pacing.ts'
import { withPolicies, type HttpRequest, type HttpTransport } from '../../../src/http/transport.ts'
import { createUndiciTransport } from '../../../src/http/undici-transport.ts'
import { startSimulator, type Simulator } from '../../simulator/simulator.ts'

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000)

const parts = { upstream: 'LEGACY', clock: SYSTEM_CLOCK, now: () => new Date() } as const

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 1, sitePartner: 1, shared: 1 } })
})
afterAll(() => simulator.close())
beforeEach(() => simulator.reset())

test('as many calls as allowed are made at a time, never more', async () => {
  let running = 0
  let most = 0
  const server = createServer((_request, response) => {
    most = Math.max(most, ++running)
    // Two turns of the loop, for others to come in.
    setImmediate(() =>
      setImmediate(() => {
        running--
        response.end()
      }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const send = limited(3, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await Promise.all(Array.from({ length: 60 }, async (_, id) => send(get(`/${id}`))))
  expect(most).toBe(3)
})

test('those who wait are let in in the order in which they came', async () => {
  const { faults, calls } = simulator.legacy
  faults.add({ kind: 'hold' })
  const send = limited(2)
  const ids = Array.from({ length: 12 }, (_, id) => `/user/${id}`)
  const done = Promise.all(ids.map(async (path) => send(get(path))))
  await faults.whenHeld(2)
  expect(calls.count()).toBe(2)
  faults.release()
  await done
  const paths = calls.log().map(({ path }) => path)
  expect(paths.slice(0, 2).toSorted()).toEqual(ids.slice(0, 2))
  // Two sockets: neighbours may overtake each other on the way, not those behind them.
  for (const [place, path] of paths.entries()) expect(Math.abs(ids.indexOf(path) - place)).toBeLessThanOrEqual(2)
})

test('who leaves while waiting is out at once, and nothing is started for them', async () => {
  const { faults, calls } = simulator.legacy
  faults.add({ kind: 'hold' })
  const send = limited(1)
  const leaver = new AbortController()
  const reason = new Error('left')
  const first = send(get('/user/first'))
  const leaving = send(get('/user/leaving', leaver.signal)).catch((error: unknown) => error)
  const last = send(get('/user/last'))
  await faults.whenHeld()
  leaver.abort(reason)
  expect(await leaving).toBe(reason)
  expect(faults.held()).toBe(1)
  faults.release()
  await Promise.all([first, last])
  expect(calls.log().map(({ path }) => path)).toEqual(['/user/first', '/user/last'])
})

test('who has left already is turned away, even where a place is free', async () => {
  const reason = new Error('left')
  await expect(limited(1)(get('/user', AbortSignal.abort(reason)))).rejects.toBe(reason)
  expect(simulator.legacy.calls.count()).toBe(0)
})

test('a place is given back after every end: failures, and callers who leave within a call', async () => {
  const { faults, calls } = simulator.legacy
  const send = limited(1)
  faults.add({ kind: 'drop', times: 3 })
  const outcomes = await Promise.allSettled(Array.from({ length: 4 }, async () => send(get('/user'))))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled'])

  faults.add({ kind: 'hang', times: 1 })
  const leaver = new AbortController()
  const leaving = send(get('/user', leaver.signal)).catch(() => 'left')
  const next = send(get('/user'))
  await until(() => expect(calls.pending()).toBe(1))
  leaver.abort()
  expect(await leaving).toBe('left')
  expect((await next).status).toBe(401)
})

test('signals keep no listener of a wait that is over', async () => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  const send = limited(1)
  await Promise.all(Array.from({ length: 5 }, async () => send(get('/user', signal))))
  const listeners = new Set(added.mock.calls.map(([, listener]) => listener))
  for (const [, listener] of removed.mock.calls) listeners.delete(listener)
  // What is left is of a caller's own transport or none at all.
  expect(listeners.size).toBe(0)
})

function limited(limit: number, baseUrl = simulator.legacy.url): HttpTransport {
  // The pool has room, so that the limit is the policy's.
  const transport = createUndiciTransport({ upstream: 'LEGACY', baseUrl, connections: 20, timeoutMs: 15_000 })
  onTestFinished(() => transport.close())
  return withPolicies(transport.send, new Pacer({ ...parts, concurrency: limit }).policy)
}

function get(path: string, signal = new AbortController().signal): HttpRequest {
  return { method: 'GET', path, signal }
}
