import { LEGACY_KEYS, startLegacySimulator } from './legacy/legacy-simulator.ts'
import type { LegacySimulator } from './legacy/legacy-simulator.ts'
import { createPopulation } from './people/population.ts'
import type { PopulationOptions } from './people/population.ts'
import { startSitePartnerSimulator } from './site-partner/site-partner-simulator.ts'
import type { SitePartnerSimulator } from './site-partner/site-partner-simulator.ts'
import { SITE_PARTNER_CLIENT } from './site-partner/token-endpoint.ts'

export { KNOWN_PARTNERS, KNOWN_PEOPLE } from './people/known-people.ts'
export type { CallRecord, Calls } from './server/call-log.ts'
export type { Fault } from './server/fault.ts'
export type { Faults } from './server/fault-book.ts'
export type { LegacyPerson, SitePartnerPerson } from './people/records.ts'
export type { LegacySwitches } from './legacy/legacy-switches.ts'
export type { SitePartnerSwitches } from './site-partner/site-partner-switches.ts'
export type { LegacySimulator, PopulationOptions, SitePartnerSimulator }

export interface SimulatorOptions {
  /** Ports on 127.0.0.1; any free one unless given. */
  legacyPort?: number
  sitePartnerPort?: number
  people?: PopulationOptions
  /** The clock behind token lifetimes and the times of changes; the real one unless given. */
  now?: () => Date
}

export interface Simulator {
  legacy: LegacySimulator
  sitePartner: SitePartnerSimulator
  /** Exactly the variables that the subgraph needs to talk to these two, and to call neither of them unasked. */
  environment: Record<string, string>
  /** Both as they were at the start, but for open requests; tokens are forgotten. */
  reset(): void
  /** Ends at once: open sockets are cut, whatever they wait for. */
  close(): Promise<void>
}

/** Starts both upstreams on real ports. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { legacyPort = 0, sitePartnerPort = 0, now = () => new Date() } = options
  const population = createPopulation(options.people)
  const legacy = await startLegacySimulator({ people: population.legacy, port: legacyPort, now })
  const sitePartner = await startSitePartnerSimulator({
    people: population.sitePartner,
    port: sitePartnerPort,
    now,
  }).catch(async (error: unknown) => {
    // A port in use must not leave half a simulator behind.
    await legacy.close()
    throw error
  })
  return {
    legacy,
    sitePartner,
    environment: {
      LEGACY_API_URL: legacy.url,
      LEGACY_APPLICATION_KEY: LEGACY_KEYS.applicationKey,
      LEGACY_USER_API_KEY: LEGACY_KEYS.userApiKey,
      SITE_PARTNER_API_URL: sitePartner.url,
      SITE_PARTNER_TOKEN_URL: `${sitePartner.url}/oauth/token`,
      SITE_PARTNER_AUDIENCE: SITE_PARTNER_CLIENT.audience,
      SITE_PARTNER_CLIENT_ID: SITE_PARTNER_CLIENT.clientId,
      SITE_PARTNER_CLIENT_SECRET: SITE_PARTNER_CLIENT.clientSecret,
      DIRECTORY: 'off',
    },
    reset() {
      legacy.reset()
      sitePartner.reset()
    },
    async close() {
      await Promise.all([legacy.close(), sitePartner.close()])
    },
  }
}
