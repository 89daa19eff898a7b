import { Agent, request, type IncomingMessage } from 'node:http'
import { getEventListeners, once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createUpstreams } from '../../../src/app/upstreams.ts'
import { readConfig } from '../../../src/config.ts'
import type { OffsetAccountSource, ReadScope } from '../../../src/identity/account-source.ts'
import { TIMING } from '../../../src/timing.ts'
import { startSubgraph } from '../../e2e/subgraph.ts'
import { startSimulator, type Simulator } from '../../simulator/simulator.ts'

let simulator: Simulator
beforeAll(async () => void (simulator = await startSimulator({ people: { legacy: 60, sitePartner: 5, shared: 0 } })))
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length

test('a signal that many reads were made under has no listeners left, whatever became of them', async () => {
  const config = readConfig({ ACCESS: 'open', ...simulator.environment })
  const { sources, transports } = createUpstreams(config, { ...TIMING, attemptTimeoutMs: 200 })
  onTestFinished(async () => void (await Promise.all(transports.map((transport) => transport.close()))))
  const legacy = sources.find(({ source }) => source === 'LEGACY') as OffsetAccountSource
  const ids = simulator.legacy.people.list().map(({ user_id }) => user_id)
  const { signal } = new AbortController()
  const readAll = async (scope: ReadScope) =>
    Promise.allSettled([...ids, ...ids].map(async (id) => legacy.readOne(id, scope)))
  const before = timers()
  const scope = { signal, notBefore: Number.NEGATIVE_INFINITY }
  for (const kind of ['ok', 'drop', 'hang'] as const) {
    if (kind !== 'ok') simulator.legacy.faults.add({ kind, times: 20 })
    const during = readAll(scope)
    expect(getEventListeners(signal, 'abort').length).toBeGreaterThan(0)
    await during
    expect(getEventListeners(signal, 'abort')).toEqual([])
    simulator.legacy.faults.clear()
  }
  await vi.waitFor(() => expect(timers()).toBeLessThanOrEqual(before), 10_000)
})

test('requests leave no timers behind', async () => {
  const { url, simulator, close } = await startSubgraph({
    simulator: { people: { legacy: 50, sitePartner: 5, shared: 0 } },
    // Longer than this test takes, so that a timer that is left does not end by itself.
    timing: { deadlineMs: 600_000, attemptTimeoutMs: 600_000 },
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 10 })
  onTestFinished(async () => {
    agent.destroy()
    await close()
  })
  const ids = simulator.legacy.people.list().map(({ user_id }) => user_id)
  const ask = async (index: number): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const sending = request(url, { method: 'POST', headers, agent })
    sending.end(JSON.stringify({ query: `{ identity(id: "legacy:${ids[index % ids.length]}") { id } }` }))
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    await once(response.resume(), 'end')
  }
  const askMany = async (count: number) => Promise.all(Array.from({ length: count }, (_, index) => ask(index)))
  await askMany(50)
  const before = timers()
  await askMany(400)
  // One for each request would be 400.
  await vi.waitFor(() => expect(timers()).toBeLessThan(before + 20), 10_000)
})
