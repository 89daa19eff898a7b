import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { ConfigError, type Config, type LegacyConfig, type SitePartnerConfig } from './config.ts'
import { createApolloServer } from './graphql/apollo-server.ts'
import { createAccessTokens } from './http/access-token.ts'
import { bearerToken, dualKeys } from './http/auth.ts'
import { limitConcurrency } from './http/concurrency.ts'
import { singleFlight } from './http/single-flight.ts'
import { withPolicies } from './http/transport.ts'
import { createUndiciTransport, type ClosableTransport } from './http/undici-transport.ts'
import type { AccountSource } from './identity/account-source.ts'
import type { IdentitySource } from './identity/identity.ts'
import { createLiveDirectory, type LiveDirectory } from './identity/live-directory.ts'
import { createAccountFinder } from './identity/writes/account-finder.ts'
import type { PatchWriter, RecordWriter } from './identity/writes/account-writer.ts'
import { createWrites, type Writes } from './identity/writes/identity-writes.ts'
import { KeyedMutex } from './identity/writes/keyed-mutex.ts'
import { createPassword } from './identity/writes/password.ts'
import { createMemoryLedger } from './identity/writes/provision-ledger.ts'
import type { Writable, WriteTools } from './identity/writes/write-tools.ts'
import { openAuditLog, type ClosableAuditLog } from './observability/audit-log.ts'
import { describeError, type Logger } from './observability/logger.ts'
import { createHttpServer } from './server/http-server.ts'
import { createShutdown } from './server/shutdown.ts'
import { createLegacyClient } from './sources/legacy/client.ts'
import { createLegacySource, createLegacyWriter } from './sources/legacy/source.ts'
import { createSitePartnerClient } from './sources/site-partner/client.ts'
import { createSitePartnerSource, createSitePartnerWriter } from './sources/site-partner/source.ts'
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
  const audit = await openAudit(config)
  const { sources, writers, transports } = createSources(config, timing)
  const live = createLiveDirectory({
    sources,
    cursorKeys: config.cursorKeys,
    now: () => new Date(),
    monotonicNow: () => performance.now(),
    onStateChange: (state) =>
      logger.info({ source: state.source, state: state.state, code: state.code }, 'source state'),
  })
  const writes = wireWrites(config, live, writers, audit, onUnexpected)
  const apollo = createApolloServer({ production: config.production, onUnexpected })
  await apollo.start()
  let draining = false
  const server = await createHttpServer({
    apollo,
    openDirectory: live.openDirectory,
    openWrites: writes.openWrites,
    sourceStates: live.sourceStates,
    routerSecret: config.routerSecret,
    production: config.production,
    deadlineMs: timing.deadlineMs,
    mutationDeadlineMs: timing.mutationDeadlineMs,
    isDraining: () => draining,
    onUnexpected,
  })
  const shutdown = createShutdown({
    startDraining: () => void (draining = true),
    waitForBalancers: () => delay(timing.drainMs),
    closeServer: () => closeServer(server, timing.graceMs),
    // Clients may have left what is being written.
    finishWrites: () => Promise.race([writes.whenIdle(), delay(timing.graceMs, undefined, { ref: false })]),
    stopGraphql: () => apollo.stop(),
    closeUpstreams: async () => {
      await Promise.all(transports.map((transport) => transport.close()))
      await audit.close()
    },
  })
  return { server, shutdown }
}

async function openAudit({ auditLog }: Config): Promise<ClosableAuditLog> {
  return openAuditLog(auditLog, () => new Date()).catch(() => {
    throw new ConfigError(['AUDIT_LOG is "stdout", or a file in a folder that is there, that can be written to.'])
  })
}

function wireWrites(
  { writes: switches }: Config,
  live: LiveDirectory,
  writers: Writers,
  audit: ClosableAuditLog,
  onUnexpected: (error: unknown) => void,
): Writes {
  const monotonicNow = (): number => performance.now()
  const target = <Writer>(source: IdentitySource, writer: Writer | undefined): Writable<Writer> | undefined => {
    const shared = live.shared(source)
    return shared && writer && { writer, finder: createAccountFinder(shared, monotonicNow) }
  }
  const now = (): Date => new Date()
  const tools: WriteTools = {
    sources: { LEGACY: target('LEGACY', writers.LEGACY), SITE_PARTNER: target('SITE_PARTNER', writers.SITE_PARTNER) },
    switches,
    locks: new KeyedMutex(),
    ledger: createMemoryLedger(now),
    now,
    monotonicNow,
    pause: (ms, signal) => delay(ms, undefined, { signal }),
    createKey: () => randomUUID(),
    createPassword,
    onWritten: live.onWritten,
    onUnexpected,
  }
  return createWrites(tools, audit)
}

async function closeServer(server: FastifyInstance, graceMs: number): Promise<void> {
  const cutOff = setTimeout(() => server.server.closeAllConnections(), graceMs)
  await server.close()
  clearTimeout(cutOff)
}

export interface Writers {
  readonly LEGACY: RecordWriter | undefined
  readonly SITE_PARTNER: PatchWriter | undefined
}

export interface Sources {
  readonly writers: Writers
  readonly sources: readonly AccountSource[]
  readonly transports: readonly ClosableTransport[]
}

/** The sources that have credentials, over their transports. */
export function createSources({ legacy, sitePartner }: Config, timing: Timing): Sources {
  const legacyParts = legacy && createLegacy(legacy, timing)
  const sitePartnerParts = sitePartner && createSitePartner(sitePartner, timing)
  const parts = [legacyParts, sitePartnerParts].filter((part) => part !== undefined)
  return {
    sources: parts.map((part) => part.source),
    writers: { LEGACY: legacyParts?.writer, SITE_PARTNER: sitePartnerParts?.writer },
    transports: parts.flatMap((part) => part.transports),
  }
}

interface SourceParts<Writer> {
  readonly source: AccountSource
  readonly writer: Writer
  readonly transports: readonly ClosableTransport[]
}

function createLegacy(config: LegacyConfig, timing: Timing): SourceParts<RecordWriter> {
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
  const client = createLegacyClient(send)
  const now = (): Date => new Date()
  return { source: createLegacySource(client, now), writer: createLegacyWriter(client, now), transports: [transport] }
}

function createSitePartner(config: SitePartnerConfig, timing: Timing): SourceParts<PatchWriter> {
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
  const client = createSitePartnerClient(send)
  const now = (): Date => new Date()
  return {
    source: createSitePartnerSource(client, now),
    writer: createSitePartnerWriter(client, now),
    transports: [transport, tokenTransport],
  }
}
