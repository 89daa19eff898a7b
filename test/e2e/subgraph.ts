import { createApp } from '../../src/app.ts'
import { TIMING, type Timing } from '../../src/timing.ts'
import { readConfig } from '../../src/config.ts'
import { SOURCES, type IdentitySource } from '../../src/identity/identity.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts'

/** A GraphQL answer; loose on purpose, the tests look at its shape. */
export interface Answer {
  data: any
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

export interface Ask {
  (query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>
}

/** The whole product over real HTTP: a simulator of both upstreams, and the subgraph on a free port beside it. */
export interface Subgraph {
  readonly url: string
  readonly simulator: Simulator
  readonly ask: Ask
  /** Settles when the subgraph has got so many requests since it started. */
  whenReceived(count: number): Promise<void>
  /** How many requests it has got. */
  received(): number
  /** Of the synced directory: settles when both sources have been swept once more, from now on. */
  whenSynced(...sources: readonly IdentitySource[]): Promise<void>
  close(): Promise<void>
}

export interface SubgraphOptions {
  readonly simulator?: SimulatorOptions
  readonly variables?: Record<string, string>
  readonly timing?: Partial<Timing>
  /** Called before the subgraph starts, which may call the upstreams from then on. */
  readonly prepare?: (simulator: Simulator) => void
  /** Gets each line of the log; unless given, nothing is logged. */
  readonly log?: (line: string) => void
}

export async function startSubgraph(options: SubgraphOptions = {}): Promise<Subgraph> {
  const simulator = await startSimulator(options.simulator)
  options.prepare?.(simulator)
  const config = readConfig({ ACCESS: 'open', PORT: '0', ...simulator.environment, ...options.variables })
  const logger = createLogger(config.secrets, { write: (line) => options.log?.(line) })
  const app = await createApp(config, logger, { ...TIMING, drainMs: 0, ...options.timing })
  let received = 0
  const waiting = new Map<number, () => void>()
  app.server.server.on('request', () => waiting.get(++received)?.())
  const url = `${await app.server.listen({ host: config.host, port: config.port })}/graphql`
  return {
    url,
    simulator,
    ask: async (query, variables, headers) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      })
      return (await response.json()) as Answer
    },
    received: () => received,
    whenSynced: async (...sources) => {
      const signal = AbortSignal.timeout(15_000)
      const all = sources.length > 0 ? sources : SOURCES
      await Promise.all(all.map(async (source) => app.sync?.whenFresh(source, performance.now(), signal)))
    },
    whenReceived: (count) => new Promise((resolve) => (received >= count ? resolve() : waiting.set(count, resolve))),
    close: async () => {
      await app.shutdown()
      await simulator.close()
    },
  }
}

/** The simulator as it was at first, with a token that is good and nothing counted yet. */
export async function startOver({ simulator, ask }: Subgraph): Promise<void> {
  simulator.reset()
  await ask('{ identities(first: 1, filter: { source: SITE_PARTNER }) { complete } }')
  simulator.sitePartner.calls.reset()
}

/** How many calls both upstreams got, tokens left out: they are kept for a day. */
export function upstreamCalls({ simulator }: Subgraph): number {
  return (
    simulator.legacy.calls.count() +
    simulator.sitePartner.calls.count() -
    simulator.sitePartner.calls.count('POST /oauth/token')
  )
}

/** Both sources as the simulator holds them, as global ids in the order of a walk. */
export function everyId({ simulator }: Subgraph): string[] {
  return [
    ...simulator.legacy.people.list().map((person) => `legacy:${person.user_id}`),
    ...simulator.sitePartner.people.list().map((person) => `site-partner:${person.id}`),
  ]
}
