import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createApp, type App } from '../../../src/app.ts'
import { TIMING, type Timing } from '../../../src/timing.ts'
import { readConfig } from '../../../src/config.ts'
import { createShutdown } from '../../../src/server/shutdown.ts'
import { KNOWN_PEOPLE, startSimulator, type Simulator } from '../../simulator/simulator.ts'

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000)

const BY_ID = `{ identity(id: "legacy:${KNOWN_PEOPLE.ana.legacy.user_id}") { email } }`
const WALK = '{ identities(first: 400) { nodes { id } } }'
const ANA = { data: { identity: { email: KNOWN_PEOPLE.ana.legacy.email } } }

let simulator: Simulator
const logged: string[] = []
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 250, sitePartner: 250, shared: 10 } })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  logged.length = 0
})

describe('a client who leaves', () => {
  // Each of them was logged as an unexpected error: the signal's reason was no error of ours.
  test.each([
    ['a single read', BY_ID, 1],
    ['a walk', WALK, 1],
    ['a look-up through every page', '{ identityHolder(email: "nobody@example.com") { email } }', 2],
  ])(
    'ends %s: its calls are broken off, none is begun after, and nothing is logged as a defect',
    async (_name, query, held) => {
      const { url } = await start()
      // What is begun later is held too, and seen as pending.
      for (const upstream of [simulator.legacy, simulator.sitePartner]) upstream.faults.add({ kind: 'hold' })
      const client = post(url, query)
      client.on('error', () => undefined)
      await until(() => expect(heldCount()).toBeGreaterThanOrEqual(held))
      client.destroy()
      await until(() => expect(pendingCount()).toBe(0))
      const calls = callCount()
      // A request of somebody else goes all the way through; what the first left behind would have gone on meanwhile.
      expect(await answerTo(post(url, '{ identitySources { state } }'))).toMatchObject({ data: {} })
      expect([callCount(), pendingCount()]).toEqual([calls, 0])
      expect(logged.filter((line) => line.includes('unexpected'))).toEqual([])
    },
  )

  test('leaves nobody behind in the queue: who waited for a turn is not called', async () => {
    const { url } = await start()
    const { calls, faults, switches } = simulator.legacy
    switches.rows = 'guide'
    faults.add({ kind: 'hold', endpoint: 'GET /user/{user_id}' })
    const client = post(url, '{ identities(first: 100) { nodes { role } } }')
    client.on('error', () => undefined)
    await faults.whenHeld(4)
    client.destroy()
    await until(() => expect(calls.pending()).toBe(0))
    const begun = calls.count('GET /user/{user_id}')
    expect(begun).toBeLessThan(100)
    expect(await answerTo(post(url, '{ identitySources { state } }'))).toMatchObject({ data: {} })
    expect(calls.count('GET /user/{user_id}')).toBe(begun)
  })

  test('takes nothing from another who waits for the same', async () => {
    const { url } = await start()
    simulator.legacy.faults.add({ kind: 'hold', times: 1 })
    const leaver = post(url, BY_ID)
    leaver.on('error', () => undefined)
    await simulator.legacy.faults.whenHeld()
    const stays = answerTo(post(url, BY_ID))
    // On the same server later than the second question, so that both have come in.
    await answerTo(post(url, '{ __typename }'))
    leaver.destroy()
    await answerTo(post(url, '{ __typename }'))
    simulator.legacy.faults.release()
    expect([await stays, simulator.legacy.calls.count()]).toEqual([ANA, 1])
  })
})

test.each([
  ['hangs', 'hang'],
  ['answers every call late', 'latency'],
] as const)('a read whose time is up while the upstream %s is DEADLINE_EXCEEDED', async (_name, kind) => {
  const { url } = await start({ deadlineMs: 150 })
  simulator.legacy.faults.add(kind === 'hang' ? { kind } : { kind, ms: 100 })
  const { data, errors } = await answerTo(post(url, WALK))
  expect([data, errors[0].extensions]).toEqual([{ identities: null }, { code: 'DEADLINE_EXCEEDED', retryable: true }])
  await until(() => expect(simulator.legacy.calls.pending()).toBe(0))
})

test('an attempt that takes too long is UPSTREAM_TIMEOUT, within the time of the read', async () => {
  const { url } = await start({ attemptTimeoutMs: 150 })
  simulator.legacy.faults.add({ kind: 'hang' })
  const { errors } = await answerTo(post(url, BY_ID))
  expect(errors[0].extensions).toEqual({ code: 'UPSTREAM_TIMEOUT', source: 'LEGACY', retryable: true })
})

describe('shutting down', () => {
  // The answer kept its connection, and closing waited for that until the grace was over.
  test('says "draining" first, answers what is under way, takes no more, and ends once', async () => {
    const { app, url } = await start({ drainMs: 500 })
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    simulator.legacy.faults.add({ kind: 'hold' })
    const underWay = post(url, BY_ID, agent)
    await simulator.legacy.faults.whenHeld()
    const shutdown = app.shutdown()
    expect(app.shutdown()).toBe(shutdown)
    const ready = await app.server.inject('/health/ready')
    expect([ready.statusCode, ready.json()]).toMatchObject([503, { status: 'draining' }])
    expect((await app.server.inject('/health/live')).statusCode).toBe(200)
    await until(async () => expect(await connects(url)).toBe('ECONNREFUSED'))
    simulator.legacy.faults.release()
    expect(await answerTo(underWay)).toEqual(ANA)
    // The grace is a minute: were the kept connection waited for, this would not end in time.
    await shutdown
    await app.shutdown()
  })

  test('answers new requests while it waits for load balancers', async () => {
    const { app, url } = await start({ drainMs: 500 })
    const shutdown = app.shutdown()
    expect(await answerTo(post(url, BY_ID))).toEqual(ANA)
    await shutdown
  })

  test('cuts off what is not done when the grace is over', async () => {
    const { app, url } = await start({ graceMs: 150, deadlineMs: 60_000, attemptTimeoutMs: 60_000 })
    simulator.legacy.faults.add({ kind: 'hang' })
    const cut = answerTo(post(url, BY_ID)).catch((error: NodeJS.ErrnoException) => error.code)
    await until(() => expect(simulator.legacy.calls.pending()).toBe(1))
    await app.shutdown()
    expect(await cut).toBe('ECONNRESET')
    await until(() => expect(simulator.legacy.calls.pending()).toBe(0))
  })

  test('lets go of the connections to the upstreams', async () => {
    const sockets = new Set<unknown>()
    const upstream = createServer((_request, response) => response.writeHead(404).end())
    upstream.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    upstream.keepAliveTimeout = 600_000
    await once(upstream.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => {
      upstream.closeAllConnections()
      upstream.close()
    })
    const { port } = upstream.address() as AddressInfo
    const { app, url } = await start({}, { LEGACY_API_URL: `http://127.0.0.1:${port}` })
    expect(await answerTo(post(url, BY_ID))).toEqual({ data: { identity: null } })
    expect(sockets.size).toBe(1)
    await app.shutdown()
    await until(() => expect(sockets.size).toBe(0))
  })

  test('leaves nothing that keeps the process alive', async () => {
    const script = `
      const { createApp } = await import(process.env.APP)
      const { TIMING } = await import(process.env.TIMING)
      const { readConfig } = await import(process.env.CONFIG)
      const { createLogger } = await import(process.env.LOGGER)
      const app = await createApp(readConfig(process.env), createLogger(), { ...TIMING, drainMs: 0 })
      const address = await app.server.listen({ host: '127.0.0.1', port: 0 })
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ query: process.env.QUERY })
      const answer = await fetch(address + '/graphql', { method: 'POST', headers, body })
      console.log(await answer.text())
      await app.shutdown()
      process.once('exit', () => console.log('ended by itself'))`
    const env = {
      ...simulator.environment,
      ACCESS: 'open',
      QUERY: '{ identityHolder(email: "ana.silva@example.com") { identities { source } } }',
      APP: import.meta.resolve('../../../src/app.ts'),
      TIMING: import.meta.resolve('../../../src/timing.ts'),
      CONFIG: import.meta.resolve('../../../src/config.ts'),
      LOGGER: import.meta.resolve('../../../src/observability/logger.ts'),
    }
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env, timeout: 15_000 })
    expect(stdout).toContain('{"source":"LEGACY"},{"source":"SITE_PARTNER"}')
    expect(stdout).toContain('ended by itself')
  })

  test('goes in one order, and once', async () => {
    const steps: string[] = []
    const step = (name: string) => async () => void steps.push(name)
    const shutdown = createShutdown({
      startDraining: () => void steps.push('draining'),
      waitForBalancers: step('balancers'),
      closeServer: step('server'),
      finishWrites: step('writes'),
      stopGraphql: step('graphql'),
      closeUpstreams: step('upstreams'),
    })
    await Promise.all([shutdown(), shutdown()])
    await shutdown()
    expect(steps).toEqual(['draining', 'balancers', 'server', 'writes', 'graphql', 'upstreams'])
  })
})

async function start(timing: Partial<Timing> = {}, variables = {}): Promise<{ app: App; url: string }> {
  const logger = pino({}, { write: (line: string) => void logged.push(line) })
  const calm = { ...TIMING, deadlineMs: 15_000, attemptTimeoutMs: 15_000, drainMs: 0, graceMs: 60_000 }
  const config = readConfig({ ACCESS: 'open', ...simulator.environment, ...variables })
  const app = await createApp(config, logger, { ...calm, ...timing })
  onTestFinished(() => app.shutdown())
  return { app, url: await app.server.listen({ host: '127.0.0.1', port: 0 }) }
}

function heldCount(): number {
  return simulator.legacy.faults.held() + simulator.sitePartner.faults.held()
}

function pendingCount(): number {
  return simulator.legacy.calls.pending() + simulator.sitePartner.calls.pending()
}

function callCount(): number {
  return simulator.legacy.calls.count() + simulator.sitePartner.calls.count()
}

/** Over a connection of its own, unless an agent is given. */
function post(url: string, query: string, agent: Agent | false = false) {
  const headers = { 'content-type': 'application/json' }
  const sending = request(`${url}/graphql`, { method: 'POST', headers, agent })
  sending.end(JSON.stringify({ query }))
  return sending
}

async function answerTo(sending: ReturnType<typeof post>): Promise<any> {
  const [response] = (await once(sending, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  return JSON.parse(text)
}

async function connects(url: string): Promise<string | undefined> {
  return once(request(`${url}/health/live`, { agent: false }).end(), 'response').then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code,
  )
}
