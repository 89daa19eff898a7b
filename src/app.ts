import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { TokenConfig } from './config/access.ts'
import type { Config, LegacyConfig, SitePartnerConfig } from './config.ts'
import { createApolloServer } from './graphql/apollo-server.ts'
import { createAccessTokens } from './http/access-token.ts'
import { bearerToken, dualKeys } from './http/auth.ts'
import { limitConcurrency } from './http/concurrency.ts'
import { singleFlight } from './http/single-flight.ts'
import { withPolicies } from './http/transport.ts'
import { createUndiciTransport, type ClosableTransport } from './http/undici-transport.ts'
import type { AccountSource } from './identity/account-source.ts'
import { createLiveDirectory } from './identity/live-directory.ts'
import { describeError, type Logger } from './observability/logger.ts'
import { createTokenVerifier, type VerifyToken } from './server/bearer-tokens.ts'
import { createHttpServer } from './server/http-server.ts'
import { createKeySet, fetchKeys } from './server/key-set.ts'
import { createShutdown } from './server/shutdown.ts'
import { createLegacyClient } from './sources/legacy/client.ts'
import { createLegacySource } from './sources/legacy/source.ts'
import { createSitePartnerClient } from './sources/site-partner/client.ts'
import { createSitePartnerSource } from './sources/site-partner/source.ts'
import { TIMING, type Timing } from './timing.ts'

/** Calls to one upstream at a time. The pool has as many connections, so that nothing waits inside it. */
const CONCURRENT_CALLS = 16

export interface App {
  readonly server: FastifyInstance
  /** Answers what is under way, then lets go of everything. Runs once however often it is called. */
  shutdown(): Promise<void>
}

/** The one place where the parts are put together. Nothing is called and nothing listens yet. */
export async function createApp(config: Config, logger: Logger, timing: Timing = TIMING): Promise<App> {
  const onUnexpected = (error: unknown): void => logger.error(describeError(error), 'unexpected error')
  const { sources, transports } = createSources(config, timing)
  const { openDirectory, sourceStates } = createLiveDirectory({
    sources,
    cursorKeys: config.cursorKeys,
    now: () => new Date(),
    monotonicNow: () => performance.now(),
    onStateChange: (state) =>
      logger.info({ source: state.source, state: state.state, code: state.code }, 'source state'),
  })
  const apollo = createApolloServer({ production: config.production, onUnexpected })
  await apollo.start()
  let draining = false
  const server = await createHttpServer({
    apollo,
    openDirectory,
    sourceStates,
    routerSecret: config.routerSecret,
    verifyToken: config.tokens && createTokens(config.tokens, logger),
    production: config.production,
    deadlineMs: timing.deadlineMs,
    readRequestMs: timing.readRequestMs,
    isDraining: () => draining,
    onUnexpected,
  })
  const shutdown = createShutdown({
    startDraining: () => void (draining = true),
    waitForBalancers: () => delay(timing.drainMs),
    closeServer: () => closeServer(server, timing.graceMs),
    stopGraphql: () => apollo.stop(),
    closeUpstreams: async () => void (await Promise.all(transports.map((transport) => transport.close()))),
  })
  return { server, shutdown }
}

function createTokens(config: TokenConfig, logger: Logger): VerifyToken {
  const keySet = createKeySet({
    load: async () => fetchKeys(config.jwksUrl),
    monotonicNow: () => performance.now(),
    onFailure: (error) => logger.warn(describeError(error), 'the key set of JWKS_URL could not be loaded'),
  })
  return createTokenVerifier({ config, keySet, now: () => new Date() })
}

async function closeServer(server: FastifyInstance, graceMs: number): Promise<void> {
  const cutOff = setTimeout(() => server.server.closeAllConnections(), graceMs)
  await server.close()
  clearTimeout(cutOff)
}

export interface Sources {
  readonly sources: readonly AccountSource[]
  readonly transports: readonly ClosableTransport[]
}

/** The sources that have credentials, over their transports. */
export function createSources({ legacy, sitePartner }: Config, timing: Timing): Sources {
  const parts = [
    ...(legacy ? [createLegacy(legacy, timing)] : []),
    ...(sitePartner ? [createSitePartner(sitePartner, timing)] : []),
  ]
  return { sources: parts.map((part) => part.source), transports: parts.flatMap((part) => part.transports) }
}

interface SourceParts {
  readonly source: AccountSource
  readonly transports: readonly ClosableTransport[]
}

function createLegacy(config: LegacyConfig, timing: Timing): SourceParts {
  const transport = createUndiciTransport({
    upstream: 'LEGACY',
    baseUrl: config.url,
    connections: CONCURRENT_CALLS,
    timeoutMs: timing.attemptTimeoutMs,
  })
  const send = withPolicies(
    transport.send,
    singleFlight(),
    dualKeys(config.auth, config.applicationKey, config.userApiKey),
    limitConcurrency(CONCURRENT_CALLS),
  )
  return { source: createLegacySource(createLegacyClient(send), () => new Date()), transports: [transport] }
}

function createSitePartner(config: SitePartnerConfig, timing: Timing): SourceParts {
  const common = {
    upstream: 'SITE_PARTNER',
    connections: CONCURRENT_CALLS,
    timeoutMs: timing.attemptTimeoutMs,
  } as const
  const transport = createUndiciTransport({ ...common, baseUrl: config.url })
  const tokenTransport = createUndiciTransport({ ...common, baseUrl: config.tokenUrl, connections: 1 })
  const tokens = createAccessTokens({
    upstream: 'SITE_PARTNER',
    transport: tokenTransport.send,
    credentials: config,
    monotonicNow: () => performance.now(),
  })
  const send = withPolicies(transport.send, singleFlight(), bearerToken(tokens), limitConcurrency(CONCURRENT_CALLS))
  const source = createSitePartnerSource(createSitePartnerClient(send), () => new Date())
  return { source, transports: [transport, tokenTransport] }
}
