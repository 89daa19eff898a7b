import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { TokenConfig } from './config/access.ts'
import type { Config, LegacyConfig, SitePartnerConfig } from './config.ts'
import { createApolloServer } from './graphql/apollo-server.ts'
import { ErrorOrigins, observeRequests } from './graphql/request-observer.ts'
import { createAccessTokens } from './http/access-token.ts'
import { createBearerCredentials } from './http/bearer-credentials.ts'
import { createCallLog, type FailedCall } from './http/call-log.ts'
import { SYSTEM_CLOCK } from './http/clock.ts'
import { createDualKeys } from './http/dual-keys.ts'
import { reportAttempts } from './http/observed.ts'
import { UNOBSERVED, type PipelineObserver } from './http/pipeline-observer.ts'
import { createPipeline, type Pipeline } from './http/pipeline.ts'
import { withPolicies } from './http/transport.ts'
import { createUndiciTransport, type ClosableTransport } from './http/undici-transport.ts'
import type { AccountSource } from './identity/account-source.ts'
import { createLiveDirectory } from './identity/live-directory.ts'
import { logFailedCall, logFinishedRequest } from './observability/activity-log.ts'
import { describeError, type Logger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import { createTokenVerifier, type VerifyToken } from './server/bearer-tokens.ts'
import { createClosing } from './server/closing.ts'
import { createHttpServer } from './server/http-server.ts'
import { createKeySet, fetchKeys } from './server/key-set.ts'
import { createShutdown } from './server/shutdown.ts'
import { createLegacyClient, LEGACY_PROBE } from './sources/legacy/client.ts'
import { createLegacySource } from './sources/legacy/source.ts'
import { createSitePartnerClient, SITE_PARTNER_PROBE } from './sources/site-partner/client.ts'
import { createSitePartnerSource } from './sources/site-partner/source.ts'
import { TIMING, type Timing } from './timing.ts'

/** Reads of one upstream at a time. The pool has as many connections, so that nothing waits inside it. */
const CONCURRENT_READS = 16

export interface App {
  readonly server: FastifyInstance
  /** Answers what is under way, then lets go of everything. Runs once however often it is called. */
  shutdown(): Promise<void>
}

/** The one place where the parts are put together. Nothing is called and nothing listens yet. */
export async function createApp(config: Config, logger: Logger, timing: Timing = TIMING): Promise<App> {
  const origins = new ErrorOrigins()
  const onUnexpected = (error: unknown, requestId = origins.requestIdOf(error)): void =>
    logger.error({ requestId, ...describeError(error) }, 'unexpected error')
  const metrics = createMetrics({
    sourceStates: () => sourceStates(),
    pipelineStates: () => pipelines.map((pipeline) => [pipeline.upstream, pipeline.state()]),
  })
  const { sources, pipelines, transports } = createSources(config, timing, metrics, logFailedCall(logger))
  const { openDirectory, sourceStates } = createLiveDirectory({
    sources,
    cursorKeys: config.cursorKeys,
    now: () => new Date(),
    monotonicNow: () => performance.now(),
    onStateChange: (state) =>
      logger.info({ source: state.source, state: state.state, code: state.code }, 'source state'),
    onRecalled: (source) => metrics.recalled(source),
  })
  const logFinished = logFinishedRequest(logger)
  const observeFinished = observeRequests((request) => {
    metrics.finished(request)
    logFinished(request)
  }, origins)
  const apollo = createApolloServer({ production: config.production, onUnexpected }, observeFinished)
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
    metrics,
  })
  const shutdown = createShutdown({
    startDraining: () => void (draining = true),
    waitForBalancers: () => delay(timing.drainMs),
    closeServer: createClosing(server, timing.graceMs),
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

export interface Sources {
  readonly sources: readonly AccountSource[]
  readonly pipelines: readonly Pipeline[]
  readonly transports: readonly ClosableTransport[]
}

/** The sources that have credentials, over their pipelines. */
export function createSources(
  { legacy, sitePartner }: Config,
  timing: Timing,
  observer = UNOBSERVED,
  onFailed: OnFailedCall = () => {},
): Sources {
  const parts = [
    ...(legacy ? [createLegacy(legacy, timing, observer, onFailed)] : []),
    ...(sitePartner ? [createSitePartner(sitePartner, timing, observer, onFailed)] : []),
  ]
  return {
    sources: parts.map((part) => part.source),
    pipelines: parts.map((part) => part.pipeline),
    transports: parts.flatMap((part) => part.transports),
  }
}

type OnFailedCall = (call: FailedCall) => void

interface SourceParts {
  readonly source: AccountSource
  readonly pipeline: Pipeline
  readonly transports: readonly ClosableTransport[]
}

function createLegacy(
  config: LegacyConfig,
  timing: Timing,
  observer: PipelineObserver,
  onFailed: OnFailedCall,
): SourceParts {
  const transport = createUndiciTransport({
    upstream: 'LEGACY',
    baseUrl: config.url,
    connections: CONCURRENT_READS,
    timeoutMs: timing.attemptTimeoutMs,
  })
  const log = createCallLog('LEGACY', onFailed)
  const pipeline = createPipeline({
    upstream: 'LEGACY',
    transport: log.attempts(transport.send),
    credentials: createDualKeys({ ...config, clock: SYSTEM_CLOCK }),
    probe: LEGACY_PROBE,
    ...commonParts(timing, observer),
  })
  const source = createLegacySource(createLegacyClient(log.calls(pipeline.send)), () => new Date())
  return { source, pipeline, transports: [transport] }
}

function createSitePartner(
  config: SitePartnerConfig,
  timing: Timing,
  observer: PipelineObserver,
  onFailed: OnFailedCall,
): SourceParts {
  const common = {
    upstream: 'SITE_PARTNER',
    connections: CONCURRENT_READS,
    timeoutMs: timing.attemptTimeoutMs,
  } as const
  const transport = createUndiciTransport({ ...common, baseUrl: config.url })
  const tokenTransport = createUndiciTransport({ ...common, baseUrl: config.tokenUrl, connections: 1 })
  const log = createCallLog('SITE_PARTNER', onFailed)
  const tokens = createAccessTokens({
    upstream: 'SITE_PARTNER',
    transport: withPolicies(
      tokenTransport.send,
      log.calls,
      reportAttempts('SITE_PARTNER', observer, SYSTEM_CLOCK.now),
      log.attempts,
    ),
    credentials: config,
    monotonicNow: SYSTEM_CLOCK.now,
  })
  const pipeline = createPipeline({
    upstream: 'SITE_PARTNER',
    transport: log.attempts(transport.send),
    credentials: createBearerCredentials('SITE_PARTNER', tokens, config),
    probe: SITE_PARTNER_PROBE,
    ...commonParts(timing, observer),
  })
  const source = createSitePartnerSource(createSitePartnerClient(log.calls(pipeline.send)), () => new Date())
  return { source, pipeline, transports: [transport, tokenTransport] }
}

function commonParts(timing: Timing, observer: PipelineObserver) {
  return {
    concurrency: CONCURRENT_READS,
    breakerOpenMs: timing.breakerOpenMs,
    observer,
    clock: SYSTEM_CLOCK,
    now: () => new Date(),
    random: Math.random,
  }
}
