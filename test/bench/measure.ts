import type { ChildProcess } from 'node:child_process'
import type { Mode } from './blueprints.ts'
import { ask, type Usage } from './channel.ts'
import type { LoadPlan, LoadRequest, LoadResult } from './load.ts'
import type { Options } from './options.ts'
import type { Served } from './processes.ts'
import type { QueryName } from './queries.ts'
import type { Server } from './servers.ts'
import { verifiedRequests } from './verify.ts'

/** Servers that are compared with each other: the same query, from the same place. */
export interface Section {
  readonly mode: Mode
  readonly latencyMs: number
  readonly connections: number
}

/** What one server did in one round. */
export interface Window {
  readonly cpuUs: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssBytes: number
  readonly bytes: number
  readonly upstreamCalls: number
}

export interface Measured {
  readonly query: QueryName
  readonly section: Section
  readonly server: string
  /** None where the server cannot be asked this at all. */
  readonly windows: readonly Window[]
  /** Why it was not timed, or not to its end. */
  readonly fault: string | undefined
}

const CONNECTIONS = 16
/** Fewer requests than this say nothing, however long they take. */
const MIN_REQUESTS = 3

/**
 * Where a live query needs whole lists, requests at the same time would share their pages, and the figure would be that of
 * the sharing. One connection shows what a request costs that nobody shares.
 */
export function sectionsOf(query: QueryName): Section[] {
  const connections = query === 'entities' || query === 'holder' ? 1 : CONNECTIONS
  return [
    { mode: 'directory', latencyMs: 0, connections: CONNECTIONS },
    { mode: 'live', latencyMs: 0, connections },
    { mode: 'live', latencyMs: 50, connections },
  ]
}

export interface Bench {
  readonly options: Options
  readonly load: ChildProcess
  readonly upstreams: Readonly<Record<Mode, Served>>
}

interface Contender {
  readonly server: Server
  /** Undefined where the server cannot be asked. */
  readonly requests: readonly LoadRequest[] | undefined
  readonly section: Section
  readonly windows: Window[]
  fault: string | undefined
}

/** All servers with one query: each checked and warmed up, then round by round one after the other. */
export async function measureQuery(query: QueryName, servers: readonly Server[], bench: Bench): Promise<Measured[]> {
  await ask(bench.upstreams.live.child, 'latency', 0)
  const contenders: Contender[] = []
  for (const server of servers) contenders.push(...(await prepare(query, server, bench)))
  for (let round = 0; round < bench.options.rounds; round++) {
    // Nobody always comes first, or always after the same other one.
    const from = (round * 2) % contenders.length
    for (const contender of [...contenders.slice(from), ...contenders.slice(0, from)]) {
      if (contender.requests && contender.fault === undefined) await runWindow(contender, contender.requests, bench)
    }
  }
  return contenders.map(({ server, section, windows, fault }) => ({
    query,
    section,
    server: server.name,
    windows,
    fault,
  }))
}

async function prepare(name: QueryName, server: Server, { options, load }: Bench): Promise<Contender[]> {
  const sections = sectionsOf(name).filter((section) => section.mode === server.beside)
  const query = server.queries.find((each) => each.name === name)
  try {
    if (!query) return sections.map((section) => contender(server, section))
    const requests = await verifiedRequests(server.origin, query)
    const connections = Math.max(...sections.map((section) => section.connections))
    const plan = { origin: server.origin, requests, connections, ms: options.warmUpMs, count: options.warmUpRequests }
    await ask<LoadResult>(load, 'load', plan satisfies LoadPlan)
    return sections.map((section) => contender(server, section, requests))
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    return sections.map((section) => contender(server, section, undefined, fault))
  }
}

function contender(server: Server, section: Section, requests?: readonly LoadRequest[], fault?: string): Contender {
  return { server, section, requests, windows: [], fault }
}

async function runWindow(
  contender: Contender,
  requests: readonly LoadRequest[],
  { options, load, upstreams }: Bench,
): Promise<void> {
  const { server, section } = contender
  const upstream = upstreams[server.mode].child
  const plan: LoadPlan = {
    origin: server.origin,
    requests,
    connections: section.connections,
    ms: options.windowMs,
    count: MIN_REQUESTS,
  }
  try {
    await ask(upstream, 'latency', section.latencyMs)
    const callsBefore = await ask<number>(upstream, 'calls')
    const before = await ask<Usage>(server.child, 'usage')
    const result = await ask<LoadResult>(load, 'load', plan)
    const after = await ask<Usage>(server.child, 'usage')
    const callsAfter = await ask<number>(upstream, 'calls')
    await ask(upstream, 'latency', 0)
    if (result.failures > 0) contender.fault = `${result.failures} of ${result.requests} answers had errors`
    contender.windows.push({
      cpuUs: (after.cpuUs - before.cpuUs) / result.requests,
      requestsPerSecond: result.requests / (result.elapsedMs / 1000),
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      rssBytes: after.rssBytes,
      bytes: result.bytes,
      upstreamCalls: server.mode === 'live' ? (callsAfter - callsBefore) / result.requests : 0,
    })
  } catch (error) {
    contender.fault = error instanceof Error ? error.message : String(error)
  }
}
