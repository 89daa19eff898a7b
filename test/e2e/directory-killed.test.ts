import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { START_FILE, START_FLAGS } from '../fixtures/npm-start.ts'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'

const PAGES = 'GET /user'

// Several processes are started, beside all that the other tests do.
vi.setConfig({ testTimeout: 90_000 })
const until = async (expectation: () => void | Promise<void>) =>
  vi.waitFor(expectation, { timeout: 30_000, interval: 50 })

let simulator: Simulator
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'directory-killed-'))
  simulator = await startSimulator({ people: { legacy: 1_500, sitePartner: 400, shared: 100 } })
})
afterEach(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true })
})

function run() {
  const env = {
    PATH: process.env['PATH'],
    ...simulator.environment,
    ACCESS: 'open',
    PORT: '0',
    DIRECTORY: join(folder, 'directory.db'),
    SYNC_INTERVAL_SECONDS: '1000',
  }
  const child = spawn(process.execPath, [...START_FLAGS, START_FILE], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let output = ''
  child.stdout.on('data', (text) => void (output += text))
  const lines = (message: string): Record<string, unknown>[] =>
    output
      .split('\n')
      .filter((line) => line.includes(`"msg":"${message}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const ask = async (query: string) => {
    const body = JSON.stringify({ query })
    const url = `${String(lines('listening')[0]?.['address'])}/graphql`
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return (await answer.json()) as { data: Record<string, any>; errors?: unknown }
  }
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  return { lines, ask, kill }
}

it('a process that is killed again and again in its first sweep gets to the end of it, and all it says is true', async () => {
  const { faults, calls, people } = simulator.legacy
  // Each gets a few pages further than the one before. What it had asked for and not saved is asked for again.
  for (const pages of [4, 3, 3]) {
    faults.add({ kind: 'hold', endpoint: PAGES, skip: pages })
    const begun = run()
    await faults.whenHeld()
    await begun.kill('SIGKILL')
    faults.clear()
  }
  const [leaver, changer] = people.list()
  people.remove(String(leaver?.user_id))
  people.update(String(changer?.user_id), { email: 'changed@example.com' })
  people.insert({ firstname: 'Newest' })
  calls.reset()
  const last = run()
  await until(() => expect(last.lines('sweep').filter(({ outcome }) => outcome === 'WHOLE')).toHaveLength(2))
  const first = calls.count(PAGES)
  // It went on where they had stopped.
  expect(first).toBeLessThan(17)
  expect(last.lines('sweep').find(({ source }) => source === 'LEGACY')).toMatchObject({ missing: 0, gone: 0 })
  const { data } = await last.ask(`{
    identities(last: 1, filter: { source: LEGACY }) { totalCount nodes { firstName } }
    there: identityHolder(email: "${people.list()[700]?.email}") { email }
  }`)
  // Who was read before and has left since is found out by the next sweep: nobody is gone because one did not look there.
  expect(data['identities']).toEqual({ totalCount: 1_501, nodes: [{ firstName: 'Newest' }] })
  expect(data['there']).not.toBeNull()
  expect(last.lines('the directory cannot be used')).toEqual([])
  await last.kill('SIGTERM')

  const next = run()
  await until(() => expect(next.lines('sweep').filter(({ outcome }) => outcome === 'WHOLE')).toHaveLength(2))
  const after = await next.ask(`{
    identities(last: 1, filter: { source: LEGACY }) { totalCount }
    gone: identity(id: "legacy:${leaver?.user_id}") { id }
    changed: identityHolder(email: "changed@example.com") { email }
  }`)
  expect(after.data).toEqual({
    identities: { totalCount: 1_500 },
    gone: null,
    changed: { email: 'changed@example.com' },
  })
  await next.kill('SIGKILL')
})
