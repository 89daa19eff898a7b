import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { START_FILE, START_FLAGS } from '../fixtures/npm-start.ts'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'

const MAIN = [...START_FLAGS, START_FILE]
const PATIENT = [fileURLToPath(import.meta.resolve('../fixtures/patient-process.ts'))]
const SINGLE = 'GET /user/{user_id}'
/** Fewer than calls may be under way at a time, so that others get through beside them. */
const HELD = 8

// Several processes are started, beside all that the other tests do.
vi.setConfig({ testTimeout: 60_000 })

let simulator: Simulator
beforeAll(async () => void (simulator = await startSimulator({ people: { legacy: 250, sitePartner: 5, shared: 0 } })))
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

describe('a process that is told to end under load', () => {
  it('answers every request that it took, takes no more, and ends with 0', async () => {
    const subgraph = await start(PATIENT)
    const agent = new Agent({ keepAlive: true, maxSockets: 40 })
    onTestFinished(() => agent.destroy())
    const ids = simulator.legacy.people.list().map(({ user_id }) => user_id)
    const ask = (from: number, to: number) => ids.slice(from, to).map((id) => outcomeOf(subgraph.url, id, agent))
    simulator.legacy.faults.add({ kind: 'hold', endpoint: SINGLE, times: HELD })
    const before = ask(0, 100)
    await simulator.legacy.faults.whenHeld(HELD)
    // It has taken them all. What a busy machine had not sent yet would find the door shut.
    await until(() => expect(simulator.legacy.calls.count(SINGLE)).toBe(before.length))

    subgraph.signal('SIGTERM')
    await until(async () => expect(await readiness(subgraph.url)).toBe(503))
    // Whoever does not know yet is served all the same, as long as it says so.
    const late = await Promise.all(ask(100, 200))
    const wasInTime = (await readiness(subgraph.url)) === 503
    // On a machine so busy that the drain ended before they were sent, nothing is known of these.
    expect(wasInTime ? late : ids.slice(100, 200)).toEqual(ids.slice(100, 200))
    await until(async () => expect(await readiness(subgraph.url)).toBe('ECONNREFUSED'))
    expect(simulator.legacy.faults.held()).toBe(HELD)
    simulator.legacy.faults.release()

    expect(await Promise.all(before)).toEqual(ids.slice(0, 100))
    expect(await subgraph.ended).toBe(0)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at once with 1 at a second signal: %s', async (second) => {
    const subgraph = await start(PATIENT)
    simulator.legacy.faults.add({ kind: 'hold', endpoint: SINGLE })
    const held = outcomeOf(subgraph.url, String(simulator.legacy.people.list()[0]?.user_id))
    await simulator.legacy.faults.whenHeld()
    subgraph.signal('SIGTERM')
    await until(() => expect(subgraph.output()).toContain('shutting down'))
    subgraph.signal(second)
    expect([await subgraph.ended, await held]).toEqual([1, 'ECONNRESET'])
  })
})

// Node takes such a connection for a busy one, and waited for it until the grace was over.
it('is not held up by a connection that was opened ahead of need, whatever signal ends it', async () => {
  const codes = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map(async (signal) => {
    const subgraph = await start(PATIENT)
    const { hostname, port } = new URL(subgraph.url)
    const spare = connect(Number(port), hostname)
    spare.on('error', () => undefined)
    await once(spare, 'connect')
    subgraph.signal(signal)
    return subgraph.ended
  })
  expect(await Promise.all(codes)).toEqual([0, 0, 0])
})

describe('a process that cannot start', () => {
  it.each([
    [
      'whose port is taken',
      () => ({ PORT: new URL(simulator.legacy.url).port }),
      /^Cannot listen on .*EADDRINUSE\)\.\n$/,
    ],
    ['without settings', () => ({ ACCESS: 'closed' }), /^The settings do not fit:\n(?: {2}- .*\n)+$/],
  ])('%s says so in plain words and ends with 1', async (_name, variables, message) => {
    const { ended, errors } = run(MAIN, variables())
    expect(await ended).toBe(1)
    expect(errors()).toMatch(message)
  })
})

describe('a defect', () => {
  const script = (defect: string) => [
    '--input-type=module',
    '-e',
    `const { serve } = await import(process.env.SERVE); await serve(process.env); ${defect}`,
  ]
  const SERVE = { SERVE: import.meta.resolve('../../src/serve.ts') }

  it('that only broke a promise is logged without its words, and the server goes on', async () => {
    const subgraph = await start(script("Promise.reject(new TypeError('planted'))"), SERVE)
    await until(() => expect(subgraph.output()).toContain('unhandled rejection'))
    expect(await readiness(subgraph.url)).toBe(200)
    expect(subgraph.output() + subgraph.errors()).not.toContain('planted')
  })

  it('that broke off the process is logged without its words, and ends it with 1', async () => {
    const subgraph = run(script("setTimeout(() => { throw new TypeError('planted') })"), SERVE)
    expect(await subgraph.ended).toBe(1)
    expect(subgraph.output()).toContain('uncaught exception')
    expect(subgraph.output() + subgraph.errors()).not.toContain('planted')
  })
})

/** With time enough for a busy machine. */
const until = async (check: () => unknown): Promise<unknown> => vi.waitFor(check, 30_000)

/** A process of its own, and nothing of ours in its environment but what it needs. */
function run(script: readonly string[], variables: Record<string, string> = {}) {
  const env = { ACCESS: 'open', PORT: '0', ...simulator.environment, ...variables }
  const child = spawn(process.execPath, [...script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => void (written[name] += text))
  }
  return {
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    output: () => written.stdout,
    errors: () => written.stderr,
    /** The exit code, or the signal that killed it. */
    ended: once(child, 'close').then(([code, signal]) => code ?? signal),
  }
}

async function start(script: readonly string[], variables: Record<string, string> = {}) {
  const subgraph = run(script, variables)
  const listening = /"address":"([^"]+)"/
  await until(() => expect(subgraph.output()).toMatch(listening))
  return { ...subgraph, url: String(listening.exec(subgraph.output())?.[1]) }
}

/** The source id of a whole answer, else what went wrong. */
async function outcomeOf(url: string, sourceId: string, agent: Agent | false = false): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const sending = request(`${url}/graphql`, { method: 'POST', headers, agent })
  sending.end(JSON.stringify({ query: `{ identity(id: "legacy:${sourceId}") { sourceId } }` }))
  try {
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
    return JSON.parse(text).data.identity.sourceId
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

async function readiness(url: string): Promise<number | string | undefined> {
  return once(request(`${url}/health/ready`, { agent: false }).end(), 'response').then(
    ([response]) => (response as IncomingMessage).resume().statusCode,
    (error: NodeJS.ErrnoException) => error.code,
  )
}
