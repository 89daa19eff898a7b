import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSubgraph, type Subgraph } from '../e2e/subgraph.ts'
import { callsOf } from './attack.ts'
import { exchange, operation, request, SECRET } from './wire.ts'

/** What `server/connections.ts` takes. */
const MAX_CONNECTIONS = 1_000
const GOOD = operation('{ __typename }')
const HEAD = Buffer.concat([GOOD.subarray(0, GOOD.indexOf('\r\n\r\n')), Buffer.from('\r\nx-slow: ')])
const CHUNKED = request('', { headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' } })
const LATE = '{"errors":[{"message":"The request did not arrive in time.","extensions":{"code":"BAD_USER_INPUT"}}]}'

let subgraph: Subgraph
const logs: string[] = []
beforeAll(async () => {
  const variables = { NODE_ENV: 'production', ACCESS: 'secured', ROUTER_SECRET: SECRET }
  subgraph = await startSubgraph({ variables, timing: { readRequestMs: 600 }, log: (line) => logs.push(line) })
})
beforeEach(() => void logs.splice(0))
afterAll(() => subgraph.close())

const port = (): number => Number(new URL(subgraph.url).port)

/** Sends the first part at once, then a byte now and again for as long as it may. */
function drip(first: Buffer | string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port(), '127.0.0.1')
    const dripping = setInterval(() => void (socket.writable && socket.write('x')), 50)
    socket.on('data', (chunk) => void (answer += chunk.toString()))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(dripping)
      resolve(answer)
    })
    socket.write(first)
  })
}

describe('a request that takes its time', () => {
  test.each([
    ['with its request line', 'POST /gra'],
    ['with its headers', HEAD],
    ['with its body', operation('{ __typename }', { headers: { 'content-length': '1000000' } })],
    ['with a chunk of its body', Buffer.concat([CHUNKED, Buffer.from('fffff\r\n')])],
  ])('%s is refused with 408 when the time is up, however it drips', async (_name, first) => {
    const answer = await drip(first)
    expect([answer.split('\r\n')[0], answer.split('\r\n\r\n')[1]]).toEqual(['HTTP/1.1 408 Request Timeout', LATE])
    expect([callsOf(subgraph), logs]).toEqual([{}, []])
  })

  test('is refused as well when not a byte comes', async () => {
    const reply = await exchange(port(), '')
    expect([reply.status, reply.body]).toEqual([408, LATE])
  })

  test('takes nothing from others, though there be sixty of them', async () => {
    const slow = Array.from({ length: 60 }, () => drip(HEAD))
    expect((await exchange(port(), GOOD)).status).toBe(200)
    const answers = await Promise.all(slow)
    expect(new Set(answers.map((answer) => answer.slice(9, 12)))).toEqual(new Set(['408']))
  })
})

test('more connections than there may be are refused with 429, until one has gone', async () => {
  const other = await startSubgraph({ variables: { ACCESS: 'secured', ROUTER_SECRET: SECRET } })
  const otherPort = Number(new URL(other.url).port)
  const open = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, () => connected(otherPort)))
  const refused = await exchange(otherPort, [])
  expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
    429,
    { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
  ])
  // Those that were there before have heard of no refusal.
  expect(open.filter((socket) => socket.bytesRead > 0)).toEqual([])
  const [first] = open
  first?.end()
  if (first) await once(first, 'close')
  expect((await exchange(otherPort, GOOD)).status).toBe(200)
  for (const socket of open) socket.destroy()
  await other.close()
})

async function connected(to: number): Promise<Socket> {
  const socket = connect(to, '127.0.0.1')
  // Else the end of the server is never seen.
  socket.resume()
  await once(socket, 'connect')
  return socket
}
