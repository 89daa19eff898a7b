import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { PublicError } from '../../../src/errors.ts'
import { statusError } from '../../../src/http/status-error.ts'
import type { HttpRequest } from '../../../src/http/transport.ts'
import { createUndiciTransport, type ClosableTransport } from '../../../src/http/undici-transport.ts'

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000)
const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'

test('where nobody listens nothing was sent', async () => {
  const { server, url } = await listen(() => undefined)
  await new Promise((resolve) => server.close(resolve))
  expect(await failure(open(url), 'POST')).toEqual(['UPSTREAM_UNAVAILABLE', 'NOT_SENT'])
})

test('where there is no such name nothing was sent', async () => {
  expect(await failure(open('http://nobody.invalid'), 'POST')).toEqual(['UPSTREAM_UNAVAILABLE', 'NOT_SENT'])
})

test('where TLS fails nothing was sent', async () => {
  const { port } = await listen((socket) => void socket.once('data', () => socket.end('no TLS here')))
  expect(await failure(open(`https://127.0.0.1:${port}`), 'POST')).toEqual(['UPSTREAM_UNAVAILABLE', 'NOT_SENT'])
})

test('a connection that does not come about in a second is given up, and nothing was sent', async () => {
  const { port } = await listen(() => undefined)
  const began = performance.now()
  expect(await failure(open(`https://127.0.0.1:${port}`, 15_000), 'POST')).toEqual(['UPSTREAM_UNAVAILABLE', 'NOT_SENT'])
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('what timed out before there was a connection was not sent', async () => {
  const { port } = await listen(() => undefined)
  expect(await failure(open(`https://127.0.0.1:${port}`, 100), 'POST')).toEqual(['UPSTREAM_TIMEOUT', 'NOT_SENT'])
})

test('what is sent after closing is not sent', async () => {
  const { url } = await listen(() => undefined)
  const transport = open(url)
  await transport.close()
  expect(await failure(transport, 'POST')).toEqual(['UPSTREAM_UNAVAILABLE', 'NOT_SENT'])
})

test.each<[string, (socket: Socket) => void, string]>([
  ['was cut off', (socket) => void socket.destroy(), 'UPSTREAM_UNAVAILABLE'],
  ['was reset', (socket) => void socket.resetAndDestroy(), 'UPSTREAM_UNAVAILABLE'],
  ['was half answered', (socket) => void socket.end(OK.slice(0, -1)), 'UPSTREAM_UNAVAILABLE'],
  ['was never answered', () => undefined, 'UPSTREAM_TIMEOUT'],
  ['got garbage', (socket) => void socket.end('what?'), 'UPSTREAM_UNAVAILABLE'],
  ['got no JSON', (socket) => void socket.end(OK.replace('{}', '{,')), 'UPSTREAM_INVALID_RESPONSE'],
])('of what %s nobody knows whether it was done', async (_name, answer, code) => {
  const { url } = await listen((socket) => void socket.once('data', () => answer(socket)))
  expect(await failure(open(url, 300), 'POST')).toEqual([code, 'UNKNOWN'])
})

test.each([
  [301, 'REFUSED'],
  [302, 'UNKNOWN'],
  [303, 'UNKNOWN'],
  [307, 'REFUSED'],
  [400, 'REFUSED'],
  [401, 'REFUSED'],
  [403, 'REFUSED'],
  [408, 'REFUSED'],
  [429, 'REFUSED'],
  [500, 'UNKNOWN'],
  [503, 'UNKNOWN'],
  [504, 'UNKNOWN'],
])('a status of %i means %s', (status, delivery) => {
  expect(statusError('LEGACY', status).delivery).toBe(delivery)
})

// The race cannot be won on a kept connection: the other side closes it while the request is on its way.
test('a write never goes over a connection that was used before, a read does', async () => {
  const { url, connections } = await listen((socket) => void socket.on('data', () => socket.write(OK)))
  const { send } = open(url)
  for (const _ of [1, 2, 3]) await send(request('GET'))
  expect(connections()).toBe(1)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) await send(request(method))
  expect(connections()).toBe(5)
  await send({ ...request('POST'), effect: 'read' })
  expect(connections()).toBe(5)
})

test('a write is not harmed by an upstream that resets every connection that is used twice', async () => {
  const { url } = await listen((socket) => {
    socket.once('data', () => {
      socket.write(OK)
      socket.once('data', () => socket.resetAndDestroy())
    })
  })
  const { send } = open(url)
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, async () => send(request('POST'))))
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['fulfilled']))
  // The same upstream over connections that are kept: this is what writes are spared.
  await send(request('GET'))
  await expect(send(request('GET'))).rejects.toMatchObject({ delivery: 'UNKNOWN' })
})

test('the connections of writes are let go', async () => {
  const { url, server } = await listen((socket) => void socket.on('data', () => socket.write(OK)))
  const { send } = open(url)
  await send(request('POST'))
  await until(async () => expect(await new Promise((resolve) => server.getConnections((_, n) => resolve(n)))).toBe(0))
})

async function failure(transport: ClosableTransport, method: HttpRequest['method']): Promise<unknown> {
  return transport.send(request(method)).then(
    () => 'none',
    (error: PublicError) => [error.code, error.delivery],
  )
}

function request(method: HttpRequest['method']): HttpRequest {
  return { method, path: '/', signal: new AbortController().signal, ...(method !== 'GET' && { json: {} }) }
}

function open(baseUrl: string, timeoutMs = 15_000): ClosableTransport {
  const transport = createUndiciTransport({ upstream: 'LEGACY', baseUrl, connections: 1, timeoutMs })
  onTestFinished(() => transport.close())
  return transport
}

async function listen(onConnection: (socket: Socket) => void) {
  let count = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    count++
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, port, url: `http://127.0.0.1:${port}`, connections: () => count }
}
