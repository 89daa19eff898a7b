import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { TIMING, type Timing } from '../../src/timing.ts'
import type { Answer as GraphqlAnswer } from '../e2e/subgraph.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { startFaultProxy, type FaultProxy, type Wire } from './fault-proxy.ts'
import { createNaiveClient } from './naive-client.ts'
import { OPERATIONS, type Operation, type OperationName, type Targets } from './operations.ts'
import { CANARY } from './wires.ts'

/** Long enough for a busy machine to answer in, and hardly longer than the fault that takes the whole of it. */
export const MATRIX_TIMING: Timing = {
  ...TIMING,
  attemptTimeoutMs: 1_500,
  deadlineMs: 4_000,
  mutationDeadlineMs: 10_000,
  drainMs: 0,
  graceMs: 1_000,
}

/** Where a fault strikes. `api`: what the operation is about (reads: every call; writes: the write alone). */
export type Place = 'api' | 'token' | 'hang up' | 'leave' | 'reused'

export interface Struck {
  readonly place: Place
  readonly wire: () => Wire
}

/** How a cell ended. */
export interface Verdict {
  /** Of the product: see `Operation`. Of the naive client: right, raw error, leaky error, WRONG or hang. */
  readonly result: string
  readonly overrunMs: number
  /** Answers or errors that repeat what nobody may repeat. */
  readonly leaked: boolean
  readonly timesDone: number
}

interface Around {
  readonly proxies: Readonly<Record<'legacy' | 'sitePartner', FaultProxy>>
  readonly environment: Record<string, string>
}

async function stand(simulator: Simulator): Promise<Around> {
  const [legacy, sitePartner] = await Promise.all([
    startFaultProxy(simulator.legacy.url),
    startFaultProxy(simulator.sitePartner.url),
  ])
  const environment = {
    ...simulator.environment,
    LEGACY_API_URL: legacy.url,
    SITE_PARTNER_API_URL: sitePartner.url,
    SITE_PARTNER_TOKEN_URL: `${sitePartner.url}/oauth/token`,
  }
  return { proxies: { legacy, sitePartner }, environment }
}

async function strike(proxy: FaultProxy, { isWrite }: Operation, { place, wire }: Struck): Promise<void> {
  if (place === 'hang up') return proxy.hangUp()
  if (place === 'leave') return proxy.leave()
  const isToken = (path: string): boolean => path.startsWith('/oauth/')
  proxy.break(({ path, method, isReused }) => {
    if (place === 'token' || isToken(path)) return place === 'token' && isToken(path)
    if (place === 'reused' && !isReused) return false
    return !isWrite || method !== 'GET'
  }, wire())
}

export interface ProductCell {
  run(name: OperationName, targets: Targets): Promise<Verdict>
  close(): Promise<void>
}

/**
 * The whole product, for one operation on each upstream at most: what is learned of an upstream under one fault must not be
 * known in another cell, and nothing is shared between the two upstreams.
 */
export async function productCell(
  simulator: Simulator,
  struck: Struck,
  auditLog: string,
  log: (line: string) => void,
): Promise<ProductCell> {
  const { proxies, environment } = await stand(simulator)
  const writes = { LEGACY_WRITES: 'on', SITE_PARTNER_WRITES: 'on', AUDIT_LOG: auditLog }
  const config = readConfig({ ...environment, ...writes, ACCESS: 'open', PORT: '0' })
  const app = await createApp(config, createLogger(config.secrets, { write: log }), MATRIX_TIMING)
  const url = `${await app.server.listen({ host: config.host, port: config.port })}/graphql`
  let said = ''
  const ask = async (query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ query, variables }),
    })
    const body = await response.text()
    said += body
    return JSON.parse(body) as GraphqlAnswer
  }
  return {
    async run(name, targets) {
      const operation: Operation = OPERATIONS[name]
      // A connection that was used before is what a reset of such a one needs.
      const source = operation.upstream === 'legacy' ? 'LEGACY' : 'SITE_PARTNER'
      if (struck.place === 'reused') await ask(`{ identities(first: 1, filter: { source: ${source} }) { complete } }`)
      await strike(proxies[operation.upstream], operation, struck)
      const began = performance.now()
      const result = await operation.product(ask, targets)
      // A list is two requests; it is judged as if it were one, so that nothing can hide in it.
      const deadline = operation.isWrite ? MATRIX_TIMING.mutationDeadlineMs : MATRIX_TIMING.deadlineMs
      const overrunMs = performance.now() - began - deadline
      await settle(proxies, struck)
      const leaked = [CANARY, ...secretsOf(environment)].some((secret) => said.includes(secret))
      return { result, overrunMs, leaked, timesDone: operation.timesDone(simulator, targets) }
    },
    async close() {
      await Promise.all(Object.values(proxies).map((each) => each.close()))
      await app.shutdown()
    },
  }
}

const HANG_AFTER_MS = 2_000

/** The naive client under the same fault. */
export async function naiveCell(
  simulator: Simulator,
  name: OperationName,
  struck: Struck,
  targets: Targets,
): Promise<Verdict> {
  const operation: Operation = OPERATIONS[name]
  const { proxies, environment } = await stand(simulator)
  const client = createNaiveClient(environment)
  if (struck.place === 'reused') await client.listSitePartner().then(() => client.listLegacy())
  await strike(proxies[operation.upstream], operation, struck)
  const hang = Promise.withResolvers<'hang'>()
  const timer = setTimeout(hang.resolve, HANG_AFTER_MS, 'hang')
  const ended = operation.naive(client, targets).catch((error: unknown) => error as Error)
  const outcome = await Promise.race([ended, hang.promise])
  clearTimeout(timer)
  if (outcome !== 'hang') await settle(proxies, struck)
  const timesDone = operation.timesDone(simulator, targets)
  await Promise.all(Object.values(proxies).map((each) => each.close()))
  const leaked = outcome instanceof Error && `${outcome.message}${String(outcome.cause)}`.includes('canary')
  return { result: naiveResult(outcome, operation.isWrite, timesDone, leaked), overrunMs: 0, leaked, timesDone }
}

function naiveResult(outcome: unknown, isWrite: boolean, timesDone: number, leaked: boolean): string {
  if (outcome === 'hang') return 'hang'
  if (outcome instanceof Error) return leaked ? 'leaky' : 'raw'
  return outcome === true && (!isWrite || timesDone === 1) ? 'right' : 'WRONG'
}

/** What somebody gave up on may still be done; silence never ends and does nothing. */
async function settle(proxies: Around['proxies'], { place }: Struck): Promise<void> {
  if (place === 'hang up' || place === 'leave') return
  await Promise.race([Promise.all(Object.values(proxies).map((each) => each.idle())), delayed(1_000)])
}

function secretsOf({
  LEGACY_APPLICATION_KEY,
  LEGACY_USER_API_KEY,
  SITE_PARTNER_CLIENT_SECRET,
}: Record<string, string>) {
  return [LEGACY_APPLICATION_KEY, LEGACY_USER_API_KEY, SITE_PARTNER_CLIENT_SECRET].filter((each) => each !== undefined)
}

async function delayed(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, ms).unref()
  return promise
}
