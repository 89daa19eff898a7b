import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { PublicError } from '../../../src/errors.ts'
import { createUndiciTransport } from '../../../src/http/undici-transport.ts'

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

/** Writes again and again, as fast as the other side takes it, until it has gone. */
function flood(socket: Socket, text: string): void {
  const write = (): void => {
    if (!socket.destroyed && socket.write(text)) setImmediate(write)
    else socket.once('drain', write)
  }
  write()
}

test.each<[string, (socket: Socket) => void, string]>([
  ['a flood of 1xx', (socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'), 'UPSTREAM_(TIMEOUT|UNAVAILABLE)'],
  ['a flood of headers', (socket) => flood(socket, `${HEAD}${'x-a: b\r\n'.repeat(100)}`), 'UPSTREAM_UNAVAILABLE'],
  [
    'one header without end',
    (socket) => (socket.write(`${HEAD}x: `), flood(socket, 'x'.repeat(999))),
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    'a body without end',
    (socket) => (socket.write(`${HEAD}\r\n`), flood(socket, '[1,'.repeat(999))),
    'UPSTREAM_INVALID_RESPONSE',
  ],
  [
    'a length that promises more',
    (socket) => socket.end(`${HEAD}content-length: 50\r\n\r\n{}`),
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    'a length that promises less',
    (socket) => socket.end(`${HEAD}content-length: 1\r\n\r\n{}`),
    'UPSTREAM_INVALID_RESPONSE',
  ],
  [
    'two lengths',
    (socket) => socket.end(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `),
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    'length and chunks',
    (socket) => socket.end(`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    'a chunk of a false size',
    (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`),
    'UPSTREAM_UNAVAILABLE',
  ],
])('%s is a coded error and lets go of the connection', async (_name, answer, code) => {
  const { send, closed } = await against(answer)
  const error = await send().catch((caught: PublicError) => caught)
  expect(error).toMatchObject({ code: expect.stringMatching(code), source: 'LEGACY', delivery: 'UNKNOWN' })
  await closed
})

test('`__proto__`, doubled names and large numbers are data like any other, and change nothing', async () => {
  const body = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"a":1,"a":2,"n":1e999}'
  const { send } = await against((socket) => void socket.end(`${HEAD}content-length: ${body.length}\r\n\r\n${body}`))
  const { body: parsed } = (await send()) as { body: Record<string, unknown> }
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
  expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor', 'a', 'n'])
  expect([parsed['a'], parsed['n'], ({} as Record<string, unknown>)['admin']]).toEqual([
    2,
    Number.POSITIVE_INFINITY,
    undefined,
  ])
})

async function against(answer: (socket: Socket) => void) {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('close', () => resolve())
    socket.once('data', () => answer(socket))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport = createUndiciTransport({ upstream: 'LEGACY', baseUrl, connections: 1, timeoutMs: 1_000 })
  onTestFinished(async () => {
    await transport.close()
    server.close()
  })
  return { closed, send: () => transport.send({ method: 'GET', path: '/', signal: new AbortController().signal }) }
}
