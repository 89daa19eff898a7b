import type { Config, LegacyConfig, SitePartnerConfig } from '../config.ts'
import { createAccessTokens } from '../http/access-token.ts'
import { createBearerCredentials } from '../http/bearer-credentials.ts'
import { createCallLog, type FailedCall } from '../http/call-log.ts'
import { SYSTEM_CLOCK } from '../http/clock.ts'
import { createDualKeys } from '../http/dual-keys.ts'
import { reportAttempts } from '../http/observed.ts'
import { UNOBSERVED, type PipelineObserver } from '../http/pipeline-observer.ts'
import { createPipeline, type Pipeline } from '../http/pipeline.ts'
import { withPolicies } from '../http/transport.ts'
import { createUndiciTransport, type ClosableTransport } from '../http/undici-transport.ts'
import type { AccountSource } from '../identity/account-source.ts'
import type { PatchWriter, RecordWriter } from '../identity/writes/account-writer.ts'
import { createLegacyClient, LEGACY_PROBE } from '../sources/legacy/client.ts'
import { createLegacySource, createLegacyWriter } from '../sources/legacy/source.ts'
import { createSitePartnerClient, SITE_PARTNER_PROBE } from '../sources/site-partner/client.ts'
import { createSitePartnerSource, createSitePartnerWriter } from '../sources/site-partner/source.ts'
import type { Timing } from '../timing.ts'

/** Reads of one upstream at a time. The pool has as many connections, so that nothing waits inside it. */
const CONCURRENT_READS = 16

const now = (): Date => new Date()

export interface Writers {
  readonly LEGACY: RecordWriter | undefined
  readonly SITE_PARTNER: PatchWriter | undefined
}

export interface Upstreams {
  readonly writers: Writers
  readonly sources: readonly AccountSource[]
  readonly pipelines: readonly Pipeline[]
  readonly transports: readonly ClosableTransport[]
}

/** What there is of the upstreams that have credentials: each source and its writer over the upstream's pipeline. */
export function createUpstreams(
  { legacy, sitePartner }: Config,
  timing: Timing,
  observer = UNOBSERVED,
  onFailed: OnFailedCall = () => {},
): Upstreams {
  const legacyParts = legacy && createLegacy(legacy, timing, observer, onFailed)
  const sitePartnerParts = sitePartner && createSitePartner(sitePartner, timing, observer, onFailed)
  const parts = [legacyParts, sitePartnerParts].filter((part) => part !== undefined)
  return {
    sources: parts.map((part) => part.source),
    writers: { LEGACY: legacyParts?.writer, SITE_PARTNER: sitePartnerParts?.writer },
    pipelines: parts.map((part) => part.pipeline),
    transports: parts.flatMap((part) => part.transports),
  }
}

type OnFailedCall = (call: FailedCall) => void

interface UpstreamParts<Writer> {
  readonly source: AccountSource
  readonly writer: Writer
  readonly pipeline: Pipeline
  readonly transports: readonly ClosableTransport[]
}

function createLegacy(
  config: LegacyConfig,
  timing: Timing,
  observer: PipelineObserver,
  onFailed: OnFailedCall,
): UpstreamParts<RecordWriter> {
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
  const client = createLegacyClient(log.calls(pipeline.send))
  return {
    source: createLegacySource(client, now),
    writer: createLegacyWriter(client, now),
    pipeline,
    transports: [transport],
  }
}

function createSitePartner(
  config: SitePartnerConfig,
  timing: Timing,
  observer: PipelineObserver,
  onFailed: OnFailedCall,
): UpstreamParts<PatchWriter> {
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
  const client = createSitePartnerClient(log.calls(pipeline.send))
  return {
    source: createSitePartnerSource(client, now),
    writer: createSitePartnerWriter(client, now),
    pipeline,
    transports: [transport, tokenTransport],
  }
}

function commonParts(timing: Timing, observer: PipelineObserver) {
  return {
    concurrency: CONCURRENT_READS,
    breakerOpenMs: timing.breakerOpenMs,
    observer,
    clock: SYSTEM_CLOCK,
    now,
    random: Math.random,
  }
}
