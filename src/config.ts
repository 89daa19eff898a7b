import { readAccess, type AccessConfig } from './config/access.ts'
import { createCursorKeys } from './config/cursor-keys.ts'
import { readDirectory, type DirectoryConfig } from './config/directory.ts'
import { Environment, type Variables } from './config/environment.ts'
import type { Secret } from './config/secret.ts'
import { readWrites } from './config/writes.ts'
import type { CursorKeys } from './identity/cursor.ts'
import type { WriteSwitches } from './identity/writes/write-tools.ts'

/** How the dual keys are sent: in the guide's headers, or as HTTP Basic, which is what the vendor documents. */
export type LegacyAuth = 'headers' | 'basic'

export interface LegacyConfig {
  readonly url: string
  readonly auth: LegacyAuth
  readonly applicationKey: Secret
  readonly userApiKey: Secret
}

export interface SitePartnerConfig {
  readonly url: string
  readonly tokenUrl: string
  readonly audience: string
  readonly clientId: Secret
  readonly clientSecret: Secret
}

export interface Config extends AccessConfig {
  readonly host: string
  readonly port: number
  readonly production: boolean
  /** Undefined: not configured. At least one of the two sources is. */
  readonly legacy: LegacyConfig | undefined
  readonly sitePartner: SitePartnerConfig | undefined
  readonly cursorKeys: CursorKeys
  /** All of them, for the log to know what it may not say. */
  readonly secrets: readonly Secret[]
  readonly writes: WriteSwitches
  /** `stdout`, or a file's path. */
  readonly auditLog: string
  readonly directory: DirectoryConfig
}

/** Says of every faulty setting what would be right; never what is there. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(['The settings do not fit:', ...faults.map((fault) => `  - ${fault}`)].join('\n'))
    this.faults = faults
  }
}

const CREDENTIALS = [
  'LEGACY_APPLICATION_KEY',
  'LEGACY_USER_API_KEY',
  'SITE_PARTNER_CLIENT_ID',
  'SITE_PARTNER_CLIENT_SECRET',
] as const

/** @throws ConfigError with every fault at once. */
export function readConfig(variables: Variables, monotonicNow: () => number = () => performance.now()): Config {
  const environment = new Environment(variables, monotonicNow)
  const host = environment.text('HOST') ?? '127.0.0.1'
  const legacy = readLegacy(environment)
  const sitePartner = readSitePartner(environment)
  const cursorSecret = environment.secret('CURSOR_SECRET')
  const credentials = [legacy?.applicationKey, legacy?.userApiKey, sitePartner?.clientId, sitePartner?.clientSecret]
  const config: Config = {
    host,
    port: environment.port('PORT', 4001),
    production: environment.text('NODE_ENV') === 'production',
    ...readAccess(environment, host),
    legacy,
    sitePartner,
    cursorKeys: createCursorKeys(
      cursorSecret,
      credentials.filter((secret) => secret !== undefined),
    ),
    secrets: environment.secrets,
    writes: readWrites(environment),
    auditLog: environment.text('AUDIT_LOG') ?? 'stdout',
    directory: readDirectory(environment),
  }
  if (!CREDENTIALS.some((name) => environment.isSet(name))) {
    environment.faults.push(
      'No source has credentials: set LEGACY_APPLICATION_KEY and LEGACY_USER_API_KEY, or SITE_PARTNER_CLIENT_ID and SITE_PARTNER_CLIENT_SECRET, or both pairs.',
    )
  }
  if (environment.faults.length > 0) throw new ConfigError(environment.faults)
  return Object.freeze(config)
}

function readLegacy(environment: Environment): LegacyConfig | undefined {
  const url = environment.url('LEGACY_API_URL', 'https://api.partnerize.com')
  const auth = environment.choice('LEGACY_API_AUTH', ['headers', 'basic'])
  const [applicationKey, userApiKey] = readPair(environment, 'LEGACY_APPLICATION_KEY', 'LEGACY_USER_API_KEY')
  return applicationKey && userApiKey ? { url, auth, applicationKey, userApiKey } : undefined
}

function readSitePartner(environment: Environment): SitePartnerConfig | undefined {
  const url = environment.url('SITE_PARTNER_API_URL', 'https://api.lynkwell.com')
  const tokenUrl = environment.url('SITE_PARTNER_TOKEN_URL', 'https://lynkwell-prod.us.auth0.com/oauth/token')
  // Auth0 compares it letter by letter, a slash at the end included.
  const audience = environment.text('SITE_PARTNER_AUDIENCE') ?? 'https://api.lynkwell.com'
  const [clientId, clientSecret] = readPair(environment, 'SITE_PARTNER_CLIENT_ID', 'SITE_PARTNER_CLIENT_SECRET')
  return clientId && clientSecret ? { url, tokenUrl, audience, clientId, clientSecret } : undefined
}

/** Half a pair of credentials is a slip, not a source that is left out. */
function readPair(environment: Environment, first: string, second: string): [Secret | undefined, Secret | undefined] {
  const pair: [Secret | undefined, Secret | undefined] = [environment.secret(first), environment.secret(second)]
  if (pair[0] && !pair[1]) environment.faults.push(`${second} is missing; ${first} alone is not enough.`)
  if (pair[1] && !pair[0]) environment.faults.push(`${first} is missing; ${second} alone is not enough.`)
  return pair
}
