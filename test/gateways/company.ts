import type { IncomingHttpHeaders } from 'node:http'
import { createApp } from '../../src/app.ts'
import { TIMING } from '../../src/timing.ts'
import { readConfig } from '../../src/config.ts'
import { readSdl } from '../../src/graphql/schema.ts'
import { SOURCES } from '../../src/identity/identity.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { startAccessReviews, type AccessReview } from '../fixtures/access-reviews.ts'
import type { FixtureSubgraph } from '../fixtures/fixture-subgraph.ts'
import { startSitePartners } from '../fixtures/site-partners.ts'
import { composeSupergraph, withoutScopes } from '../fixtures/supergraph.ts'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'

export const ROUTER_SECRET = 'known to the router and to the subgraph'

/** A GraphQL request as the subgraph received it. */
export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly query: string
  /** How many entities it asked for; 0 for a request of root fields. */
  readonly representations: number
}

/** The real subgraph, secured, over the simulator, and two others: all over HTTP, composed to one supergraph. */
export interface Company {
  readonly simulator: Simulator
  readonly accessReviews: FixtureSubgraph
  readonly sitePartners: FixtureSubgraph
  readonly supergraphSdl: string
  /** The same without the scopes, for gateways that refuse to be asked for them. */
  readonly supergraphSdlWithoutScopes: string
  /** What the subgraph was asked since it was last emptied. */
  readonly received: Received[]
  /** Of the synced directory: settles when both sources have been swept once more, from now on. */
  whenSynced(): Promise<void>
  close(): Promise<void>
}

export async function startCompany(
  createReviews: (simulator: Simulator) => readonly AccessReview[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Company> {
  const simulator = await startSimulator({ people: { legacy: 120, sitePartner: 60, shared: 30 } })
  const config = readConfig({ ACCESS: 'secured', ROUTER_SECRET, ...simulator.environment, ...variables })
  const logger = createLogger(config.secrets)
  logger.level = 'silent'
  const app = await createApp(config, logger, { ...TIMING, drainMs: 0 })
  const received: Received[] = []
  app.server.addHook('preHandler', async ({ headers, body }) => {
    const { query = '', variables } = body as { query?: string; variables?: Record<string, unknown> }
    // Each planner has a name of its own for the variable.
    const lists = query.includes('_entities') ? Object.values(variables ?? {}).filter(Array.isArray) : []
    received.push({ headers, query, representations: lists.reduce((sum, list) => sum + list.length, 0) })
  })
  const address = await app.server.listen({ host: '127.0.0.1', port: 0 })
  // What only the directory can answer is asked for too.
  const whole = AbortSignal.timeout(15_000)
  await Promise.all(SOURCES.map(async (source) => app.sync?.whenFresh(source, -Infinity, whole)))
  const accessReviews = await startAccessReviews(createReviews(simulator))
  const sitePartners = await startSitePartners()
  const services = [{ name: 'identity', url: `${address}/graphql`, sdl: readSdl() }, accessReviews, sitePartners]
  return {
    simulator,
    accessReviews,
    sitePartners,
    supergraphSdl: composeSupergraph(services),
    supergraphSdlWithoutScopes: composeSupergraph(services.map(withoutScopes)),
    received,
    whenSynced: async () => {
      const signal = AbortSignal.timeout(15_000)
      await Promise.all(SOURCES.map(async (source) => app.sync?.whenFresh(source, performance.now(), signal)))
    },
    close: async () => {
      await Promise.all([app.shutdown(), accessReviews.close(), sitePartners.close()])
      await simulator.close()
    },
  }
}
