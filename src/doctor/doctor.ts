import type { Config, LegacyConfig, SitePartnerConfig } from '../config.ts'
import { CREDENTIAL_SETTINGS, type Upstream } from '../errors.ts'
import { createUndiciTransport, type ClosableTransport } from '../http/undici-transport.ts'
import { TIMING } from '../timing.ts'
import { ok, skip, type Finding } from './findings.ts'
import { checkLegacy } from './legacy-checks.ts'
import { checkSitePartner } from './site-partner-checks.ts'

/** Times in milliseconds. */
export interface DoctorTiming {
  /** For one call; as long as the subgraph waits, so that what is too slow for it is too slow here. */
  readonly attemptTimeoutMs: number
  /** For everything. */
  readonly deadlineMs: number
}

export const DOCTOR_TIMING: DoctorTiming = { attemptTimeoutMs: TIMING.attemptTimeoutMs, deadlineMs: 20_000 }

/** What is needed of the settings: whether callers must show a secret, and the two sources. */
export type DoctorConfig = Pick<Config, 'routerSecret' | 'legacy' | 'sitePartner'>

/**
 * Looks at both sources at the same time, with calls that change nothing (a token is the one thing that is asked for by
 * POST). Nothing of it stays open: when this has resolved, the process can end.
 */
export async function runDoctor(config: DoctorConfig, timing = DOCTOR_TIMING): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(timing.deadlineMs)
  const open = (upstream: Upstream, baseUrl: string): ClosableTransport =>
    createUndiciTransport({ upstream, baseUrl, connections: 1, timeoutMs: timing.attemptTimeoutMs })
  const [legacy, sitePartner] = await Promise.all([
    config.legacy ? examineLegacy(config.legacy, open, signal) : [notConfigured('LEGACY')],
    config.sitePartner ? examineSitePartner(config.sitePartner, open, signal) : [notConfigured('SITE_PARTNER')],
  ])
  return [describeSettings(config), ...legacy, ...sitePartner]
}

type Open = (upstream: Upstream, baseUrl: string) => ClosableTransport

async function examineLegacy(config: LegacyConfig, open: Open, signal: AbortSignal): Promise<readonly Finding[]> {
  const transport = open('LEGACY', config.url)
  try {
    return await checkLegacy(config, transport.send, signal)
  } finally {
    await transport.close()
  }
}

async function examineSitePartner(
  config: SitePartnerConfig,
  open: Open,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const api = open('SITE_PARTNER', config.url)
  const token = open('SITE_PARTNER', config.tokenUrl)
  try {
    return await checkSitePartner(config, { api: api.send, token: token.send }, signal)
  } finally {
    await Promise.all([api.close(), token.close()])
  }
}

function describeSettings({ routerSecret }: DoctorConfig): Finding {
  const access = routerSecret ? 'Callers must send the router secret.' : 'ACCESS=open: whoever reaches it may ask.'
  return { source: 'settings', check: 'environment', ...ok(`Read without a fault. ${access}`) }
}

/** No failure: the subgraph runs with the other one. */
function notConfigured(source: Upstream): Finding {
  return { source, check: 'settings', ...skip(`Not configured: ${CREDENTIAL_SETTINGS[source]} are not set.`) }
}
