import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { MATRIX_TIMING } from './cell.ts'
import { pass, startFaultProxy, type Wire } from './fault-proxy.ts'
import { altered, close, cutAt, done, instead, midBody, midHead, reset, under } from './wires.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** All that ends at once, each followed by an answer as it should be, so that the upstream is not left alone. */
const WIRES: readonly Wire[] = [
  ({ socket }) => reset(socket),
  done(close),
  cutAt(midHead, reset),
  cutAt(midBody, close),
  under((length) => `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(65_536)}\r\ncontent-length: ${length}\r\n\r\n`),
  under(() => 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
  instead(200, '<p>hello</p>', { 'content-type': 'text/html' }),
  instead(200, '['.repeat(200_000)),
  instead(503),
  instead(403),
  altered(() => ({ headers: { 'content-type': 'text/plain' } })),
]
const ROUND = 100
const MOST_GROWTH_MB = 4

it('failures leave nothing behind: no memory, no connections', { timeout: 120_000 }, async () => {
  const simulator = await startSimulator({ people: { legacy: 8, sitePartner: 8, shared: 2 } })
  const proxy = await startFaultProxy(simulator.legacy.url)
  const config = readConfig({ ...simulator.environment, LEGACY_API_URL: proxy.url, ACCESS: 'open', PORT: '0' })
  const timing = { ...MATRIX_TIMING, breakerOpenMs: 1 }
  const app = await createApp(config, createLogger(config.secrets, { write: () => undefined }), timing)
  const ids = simulator.legacy.people.list().map(({ user_id }) => user_id)
  const codes = new Set<unknown>()
  let turn = 0
  const round = async (): Promise<number> => {
    for (let index = 0; index < ROUND; index++) {
      const wire = index % 2 === 0 ? WIRES[turn++ % WIRES.length] : pass
      proxy.break(() => true, wire as Wire)
      const response = await app.server.inject({
        method: 'POST',
        url: '/graphql',
        headers: { 'cache-control': 'no-cache' },
        payload: { query: `{ identity(id: "legacy:${ids[index % ids.length]}") { id email } }` },
      })
      codes.add(response.json().errors?.[0].extensions.code)
    }
    collectGarbage()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  // Two of them to warm up.
  const heaps = [
    await round(),
    await round(),
    await round(),
    await round(),
    await round(),
    await round(),
    await round(),
  ]
  const growth = Number(heaps.at(-1)) - Number(heaps[2])
  console.log(
    `${ROUND * heaps.length} requests, half of them into a fault: heap ${heaps.map((mb) => mb.toFixed(1)).join(', ')} MB, ${proxy.sockets()} connections`,
  )
  expect(codes).toEqual(
    new Set([undefined, 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_INVALID_RESPONSE', 'UPSTREAM_UNAUTHORIZED']),
  )
  expect(growth).toBeLessThan(MOST_GROWTH_MB)
  // One request at a time needs one connection.
  expect(proxy.sockets()).toBeLessThanOrEqual(2)
  await app.shutdown()
  await expect.poll(() => proxy.sockets()).toBe(0)
  await proxy.close()
  await simulator.close()
})
