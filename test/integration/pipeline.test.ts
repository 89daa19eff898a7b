import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createUpstreams, type Upstreams } from '../../src/app/upstreams.ts'
import { readConfig } from '../../src/config.ts'
import type { PublicError } from '../../src/errors.ts'
import { UNOBSERVED, type Attempt } from '../../src/http/pipeline-observer.ts'
import type { HttpRequest } from '../../src/http/transport.ts'
import { TIMING } from '../../src/timing.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { tokenBucket } from '../property/hidden-limit.ts'

const TOKEN = 'POST /oauth/token'
const LIST = 'GET /asset-management/v1/site-partner-users'

async function start(environment: Record<string, string> = {}, attemptTimeoutMs = 5_000) {
  const simulator = await startSimulator({ people: { legacy: 30, sitePartner: 30, shared: 10 } })
  const attempts: Attempt[] = []
  const observer = { ...UNOBSERVED, attempted: (attempt: Attempt) => void attempts.push(attempt) }
  const config = readConfig({ ACCESS: 'open', ...simulator.environment, ...environment })
  const sources = createUpstreams(config, { ...TIMING, attemptTimeoutMs, breakerOpenMs: 100 }, observer)
  onTestFinished(async () => {
    await Promise.all(sources.transports.map((transport) => transport.close()))
    await simulator.close()
  })
  return { simulator, attempts, sources, legacy: senderOf(sources, 0), sitePartner: senderOf(sources, 1) }
}

function senderOf({ pipelines }: Upstreams, index: number) {
  return async (request: Pick<HttpRequest, 'method' | 'path'> & Partial<HttpRequest>): Promise<string> => {
    const sent = pipelines[index]?.send({ signal: new AbortController().signal, operation: 'an operation', ...request })
    return (sent as Promise<{ status: number }>).then(
      ({ status }) => String(status),
      (error: PublicError) => `${error.code} ${error.delivery}`,
    )
  }
}

test('a read is made again after a fault, a creation is not, and each attempt is told of', async () => {
  const { simulator, attempts, legacy } = await start()
  const { faults, calls } = simulator.legacy
  faults.add({ kind: 'drop-after', times: 2 })
  expect(await legacy({ method: 'GET', path: '/user?page=1&count=5', requestId: 'r1' })).toBe('200')
  expect(
    attempts.map(({ outcome, attempt, status, code, requestId }) => [outcome, attempt, status ?? code, requestId]),
  ).toEqual([
    ['failed', 1, 'UPSTREAM_UNAVAILABLE', 'r1'],
    ['failed', 2, 'UPSTREAM_UNAVAILABLE', 'r1'],
    ['ok', 3, 200, 'r1'],
  ])
  faults.add({ kind: 'drop-after', endpoint: 'POST /user' })
  expect(await legacy({ method: 'POST', path: '/user', json: {} })).toBe('UPSTREAM_UNAVAILABLE UNKNOWN')
  expect(calls.count('POST /user')).toBe(1)
})

test('a creation that was only refused is made again', async () => {
  const { simulator, legacy } = await start()
  simulator.legacy.faults.add({ kind: 'throttle', times: 1, endpoint: 'POST /user' })
  // It reaches the endpoint at last, which wants fields.
  expect(await legacy({ method: 'POST', path: '/user', json: {} })).toBe('400')
  expect(simulator.legacy.calls.count('POST /user')).toBe(2)
})

test('an upstream that hangs costs a few requests their time, then none, and is back soon after it is well', async () => {
  const { simulator, sources, legacy } = await start({}, 300)
  simulator.legacy.faults.add({ kind: 'hang' })
  const request = { method: 'GET', path: '/user?page=1&count=5' } as const
  while (sources.pipelines[0]?.state().breaker === 'closed')
    expect(await legacy(request)).toBe('UPSTREAM_TIMEOUT UNKNOWN')
  await legacy(request)
  const before = simulator.legacy.calls.count()
  expect(await legacy(request)).toBe('UPSTREAM_UNAVAILABLE NOT_SENT')
  expect(simulator.legacy.calls.count()).toBe(before)
  expect(before).toBeLessThanOrEqual(7)
  simulator.legacy.faults.clear()
  await expect.poll(async () => legacy(request), { timeout: 10_000 }).toBe('200')
})

test('a right that is taken away costs no token and two calls for each request any more', async () => {
  const { simulator, sources, sitePartner } = await start()
  const request = { method: 'GET', path: `${LIST.slice(4)}?limit=5` } as const
  expect(await sitePartner(request)).toBe('200')
  simulator.sitePartner.calls.reset()
  simulator.sitePartner.faults.add({ kind: 'status', status: 401, endpoint: LIST })
  expect(await sitePartner(request)).toBe('401')
  for (let time = 0; time < 20; time++) expect(await sitePartner(request)).toBe('UPSTREAM_UNAUTHORIZED NOT_SENT')
  expect(simulator.sitePartner.calls.byEndpoint()).toEqual({ [LIST]: 3, [TOKEN]: 1 })
  expect(sources.pipelines[1]?.state().credentials).toBe('dead')
})

test('a client that the token endpoint refuses asks for no more tokens', async () => {
  const { simulator, sitePartner } = await start({ SITE_PARTNER_CLIENT_SECRET: 'wrong' })
  const request = { method: 'PATCH', path: `${LIST.slice(4)}/x`, json: {} } as const
  for (let time = 0; time < 20; time++) expect(await sitePartner(request)).toBe('UPSTREAM_UNAUTHORIZED NOT_SENT')
  expect(simulator.sitePartner.calls.byEndpoint()).toEqual({ [TOKEN]: 1 })
})

test('a limit that nobody tells of is used, over real sockets', async () => {
  const limit = tokenBucket(40, 16)
  let calls = 0
  const server = createServer((_request, response) => {
    calls++
    const { status } = limit.answer(performance.now() - began)
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { legacy } = await start({ LEGACY_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const began = performance.now()
  const outcomes: Promise<string>[] = []
  for (let sent = 0; performance.now() - began < 4_000; sent++) {
    for (const part of [1, 2, 3]) {
      outcomes.push(legacy({ method: 'GET', path: `/user/${sent}-${part}`, deadline: performance.now() + 4_000 }))
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const ended = await Promise.all(outcomes)
  const answered = ended.filter((outcome) => outcome === '200').length
  const seconds = (performance.now() - began) / 1_000
  const [goodput, share] = [answered / (40 * seconds + 16), calls / ended.length]
  console.log(
    `${ended.length} requests in ${seconds.toFixed(1)} s: ${(goodput * 100).toFixed(0)} % of what the limit allows, ${share.toFixed(2)} calls a request`,
  )
  // Short, and on whatever machine: the figures that count are those of virtual time.
  expect(goodput).toBeGreaterThan(0.7)
  expect(share).toBeLessThanOrEqual(1.1)
})
