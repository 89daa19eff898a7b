import { fork, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { START_FILE, START_FLAGS } from '../fixtures/npm-start.ts'

const path = (name: string): string => fileURLToPath(import.meta.resolve(name))

export interface Upstream {
  readonly process: ChildProcess
  readonly environment: Record<string, string>
  readonly legacyIds: readonly string[]
  readonly sitePartnerIds: readonly string[]
}

/** The upstreams in a process of their own. @param mode see `upstream.ts`. */
export async function startUpstream(mode: 'faults' | 'bucket' | 'box'): Promise<Upstream> {
  const child = fork(path('./upstream.ts'), [mode])
  return { process: child, ...(await message<Omit<Upstream, 'process'>>(child)) }
}

export interface Server {
  readonly process: ChildProcess
  readonly url: string
  readonly log: () => string
}

/** The product as it is started in production, but open and with writes. */
export async function startServer(environment: Record<string, string>): Promise<Server> {
  const auditLog = join(mkdtempSync(join(tmpdir(), 'soak-')), 'audit.log')
  const writes = { LEGACY_WRITES: 'on', SITE_PARTNER_WRITES: 'on', AUDIT_LOG: auditLog }
  const child = spawn(process.execPath, [...START_FLAGS, START_FILE], {
    env: { ...environment, ...writes, ACCESS: 'open', PORT: '0', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let log = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text
    const address = /"address":"([^"]+)"/.exec(log)?.[1]
    if (address) resolve(address)
  })
  child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  return { process: child, url: await promise, log: () => log }
}

export function startLoad(): ChildProcess {
  return fork(path('./load.ts'))
}

/** The next message of a child. */
export async function message<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => void child.once('message', (each) => resolve(each as Message)))
}

/** What /metrics says of the process; NaN for what is not there. */
export async function readMetrics(url: string): Promise<(name: string) => number> {
  const { body } = await request(`${url}/metrics`)
  const page = await body.text()
  return (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1] ?? Number.NaN)
}

/** By how much the values rise in a unit of the instants: the line that fits them best. */
export function slope(points: readonly (readonly [at: number, value: number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length
  const [meanAt, meanValue] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))]
  const above = points.reduce((sum, [at, value]) => sum + (at - meanAt) * (value - meanValue), 0)
  return above / points.reduce((sum, [at]) => sum + (at - meanAt) ** 2, 0)
}
