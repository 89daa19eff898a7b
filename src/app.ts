import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { wireDirectory, type WiredDirectory } from './app/directory.ts'
import { tellSync } from './app/sync-events.ts'
import { createTokens } from './app/tokens.ts'
import { createUpstreams } from './app/upstreams.ts'
import { openAudit, wireWrites } from './app/writing.ts'
import type { Config } from './config.ts'
import type { DirectorySync } from './directory/sync/directory-sync.ts'
import { createForwardClock } from './forward-clock.ts'
import { createApolloServer } from './graphql/apollo-server.ts'
import { ErrorOrigins, observeRequests } from './graphql/request-observer.ts'
import { logFailedCall, logFinishedRequest } from './observability/activity-log.ts'
import { describeError, type Logger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import { NO_SCREEN, type Screen } from './observability/sweep-progress.ts'
import { createClosing } from './server/closing.ts'
import { createHttpServer } from './server/http-server.ts'
import { createShutdown } from './server/shutdown.ts'
import { TIMING, type Timing } from './timing.ts'

export interface App {
  readonly server: FastifyInstance
  /** Answers what is under way, then lets go of everything. Runs once however often it is called. */
  shutdown(): Promise<void>
  /** Undefined: DIRECTORY is off. It begins when the server listens. */
  readonly sync: DirectorySync | undefined
}

/** One for all that is dated, so that instants can be compared. */
const now = createForwardClock()

/** The one place where the parts are put together; `app/` has its larger pieces. Nothing is called and nothing listens yet. */
export async function createApp(
  config: Config,
  logger: Logger,
  timing: Timing = TIMING,
  screen: Screen = NO_SCREEN,
): Promise<App> {
  const origins = new ErrorOrigins()
  const onUnexpected = (error: unknown, requestId = origins.requestIdOf(error)): void =>
    logger.error({ requestId, ...describeError(error) }, 'unexpected error')
  const audit = await openAudit(config)
  const metrics = createMetrics({
    sourceStates: () => directory.sourceStates(),
    pipelineStates: () => pipelines.map((pipeline) => [pipeline.upstream, pipeline.state()]),
    directory: { facts: () => directory.facts(), sizeBytes: () => directory.sizeBytes(), now },
  })
  const { sources, writers, pipelines, transports } = createUpstreams(config, timing, metrics, logFailedCall(logger))
  const directory: WiredDirectory = await wireDirectory(
    config,
    {
      sources,
      cursorKeys: config.cursorKeys,
      now,
      monotonicNow: () => performance.now(),
      onStateChange: (state) =>
        logger.info({ source: state.source, state: state.state, code: state.code }, 'source state'),
      onRecalled: (source) => metrics.recalled(source),
    },
    tellSync(logger, metrics, screen),
    logger,
  )
  const writes = wireWrites(config, directory, writers, audit, onUnexpected)
  const logFinished = logFinishedRequest(logger)
  const observeFinished = observeRequests((request) => {
    metrics.finished(request)
    logFinished(request)
  }, origins)
  const apollo = createApolloServer(
    { production: config.production, onUnexpected, onError: (...error) => origins.note(...error) },
    observeFinished,
  )
  await apollo.start()
  let draining = false
  const server = await createHttpServer({
    apollo,
    openDirectory: directory.openDirectory,
    openWrites: writes.openWrites,
    sourceStates: directory.sourceStates,
    routerSecret: config.routerSecret,
    verifyToken: config.tokens && createTokens(config.tokens, logger),
    production: config.production,
    deadlineMs: timing.deadlineMs,
    mutationDeadlineMs: timing.mutationDeadlineMs,
    readRequestMs: timing.readRequestMs,
    isDraining: () => draining,
    onUnexpected,
    metrics,
  })
  const shutdown = createShutdown({
    startDraining: () => void (draining = true),
    waitForBalancers: () => delay(timing.drainMs),
    closeServer: createClosing(server, timing.graceMs),
    // Clients may have left what is being written.
    finishWrites: () => Promise.race([writes.whenIdle(), delay(timing.graceMs, undefined, { ref: false })]),
    stopGraphql: () => apollo.stop(),
    closeUpstreams: async () => {
      await directory.close()
      await Promise.all(transports.map((transport) => transport.close()))
      await audit.close()
    },
  })
  // Nothing is called before somebody can ask.
  server.addHook('onListen', async () => directory.sync?.start())
  return { server, shutdown, sync: directory.sync }
}
