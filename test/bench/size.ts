import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { START_FILE, START_FLAGS } from '../fixtures/npm-start.ts'
import { measureAudits, type AuditResult } from './audit.ts'
import { ask, type Usage } from './channel.ts'
import { headersOf } from './graphql-client.ts'
import { measureInProcess, type InProcessResult } from './in-process.ts'
import type { LoadRequest, LoadResult } from './load.ts'
import type { Options } from './options.ts'
import { legacyRow, shownLegacy, shownSitePartner } from './people.ts'
import type { Processes, Served } from './processes.ts'
import { environment, waitForDirectory } from './servers.ts'

/** Figures of a directory of many people; times in milliseconds unless the name says otherwise. */
export interface SizeResult extends AuditResult, InProcessResult {
  readonly peopleInEachSource: number
  readonly firstSyncSeconds: number
  readonly firstSyncUpstreamCalls: number
  readonly firstSyncCpuSeconds: number
  readonly firstSyncLongestPause: number
  readonly rssMiB: number
  readonly peakRssMiB: number
  /** Whether a sweep really went on while the latencies were taken. */
  readonly laterSweepUpstreamCalls: number
  /** Over HTTP. */
  readonly lookUpP50: number
  readonly lookUpP99: number
  readonly pageP50: number
  readonly pageP99: number
  readonly slowestAnswer: number
  readonly laterSweepLongestPause: number
}

/** A million people in each source come through the sequential cursor API in minutes at best. */
const FIRST_SYNC_MS = 30 * 60_000
const SAMPLE_MS = 200
/** One after the other and not as fast as it goes: what a caller waits for, not what the server can bear. */
const CONNECTIONS = 2

/** @returns why it could not be measured, or the figures. */
export async function measureSize(options: Options, processes: Processes): Promise<SizeResult | string> {
  const upstream = await processes.startUpstream(options.people)
  const folder = mkdtempSync(join(tmpdir(), 'bench-size-'))
  const variables = { ...environment('directory', upstream.origin), TMPDIR: folder }
  const startedAt = performance.now()
  const server = await processes
    // The next sweep comes at once, so that latencies can be taken during one.
    .startServer({ main: START_FILE, flags: START_FLAGS }, { ...variables, SYNC_INTERVAL_SECONDS: '1' })
    .catch((error: unknown) => String(error))
  if (typeof server === 'string') return server
  const load = processes.startLoad()
  const watch = watchMemory(server.child)
  try {
    await ask(server.child, 'longestPause')
    const fault = await waitForDirectory(server.origin, FIRST_SYNC_MS)
    if (fault !== undefined) return fault
    const firstSyncSeconds = (performance.now() - startedAt) / 1000
    const calls = await ask<number>(upstream.child, 'calls')
    const { cpuUs, rssBytes } = await ask<Usage>(server.child, 'usage')
    const firstSyncLongestPause = await ask<number>(server.child, 'longestPause')
    await untilCalled(upstream, calls)
    const begun = await ask<number>(upstream.child, 'calls')
    const lookUps = await run(load, server, lookUpRequests(options.people), options)
    const pages = await run(load, server, pageRequests(), options)
    const inProcess = await measureInProcess(folder, options.people, durationOf(options))
    return {
      peopleInEachSource: options.people,
      firstSyncSeconds,
      firstSyncUpstreamCalls: calls,
      firstSyncCpuSeconds: cpuUs / 1e6,
      firstSyncLongestPause,
      rssMiB: rssBytes / 2 ** 20,
      peakRssMiB: watch.peakBytes() / 2 ** 20,
      laterSweepUpstreamCalls: (await ask<number>(upstream.child, 'calls')) - begun,
      lookUpP50: lookUps.p50Ms,
      lookUpP99: lookUps.p99Ms,
      pageP50: pages.p50Ms,
      pageP99: pages.p99Ms,
      ...inProcess,
      slowestAnswer: Math.max(lookUps.maxMs, pages.maxMs),
      laterSweepLongestPause: await ask<number>(server.child, 'longestPause'),
      ...(await measureAudits(server, processes, lookUpRequests(options.people), emailOf, options.people)),
    }
  } catch (error) {
    // The figures that were taken before it must not be lost with it.
    return error instanceof Error ? error.message : String(error)
  } finally {
    watch.end()
    await processes.stop([server.child, upstream.child, load])
    rmSync(folder, { recursive: true, force: true })
  }
}

function watchMemory(child: ChildProcess): { peakBytes(): number; end(): void } {
  let peak = 0
  const look = async (): Promise<void> => {
    const { rssBytes } = await ask<Usage>(child, 'usage')
    peak = Math.max(peak, rssBytes)
  }
  // The last question may find the server gone.
  const timer = setInterval(() => void look().catch(() => clearInterval(timer)), SAMPLE_MS)
  return { peakBytes: () => peak, end: () => clearInterval(timer) }
}

/** Waits for the sweep after the first one. Where there is none within a while, the count of calls in the result says so. */
async function untilCalled(upstream: Served, callsBefore: number): Promise<void> {
  const giveUpAt = performance.now() + 10_000
  while (performance.now() < giveUpAt && (await ask<number>(upstream.child, 'calls')) - callsBefore < 10) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function run(
  load: ChildProcess,
  { origin }: Served,
  requests: readonly LoadRequest[],
  options: Options,
): Promise<LoadResult> {
  const plan = { origin, requests, connections: CONNECTIONS, ms: durationOf(options), count: 100 }
  const result = await ask<LoadResult>(load, 'load', plan)
  if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} answers had errors`)
  return result
}

function emailOf(place: number): string {
  return legacyRow(place).email
}

function durationOf({ quick }: Options): number {
  return quick ? 1_500 : 5_000
}

function lookUpRequests(people: number): LoadRequest[] {
  const query = 'query BenchIdentity($id: ID!) { identity(id: $id) { id email displayName status } }'
  return Array.from({ length: 1_000 }, (_, index) => {
    const place = (index * 7_919) % people
    const { id } = index % 2 === 0 ? shownLegacy(place) : shownSitePartner(place)
    return { headers: headersOf('identity'), body: JSON.stringify({ query, variables: { id } }) }
  })
}

function pageRequests(): LoadRequest[] {
  const query = `query BenchPage($domain: String, $source: IdentitySource) {
    identities(first: 50, filter: { source: $source, emailDomain: $domain }) {
      edges { cursor node { id email displayName status } } pageInfo { hasNextPage endCursor } } }`
  return (['LEGACY', 'SITE_PARTNER'] as const).flatMap((source) =>
    ['example.com', null].map((domain) => ({
      headers: headersOf('page'),
      body: JSON.stringify({ query, variables: { source, domain } }),
    })),
  )
}
