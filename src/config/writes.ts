import type { WriteSwitches } from '../identity/writes/write-tools.ts'
import type { Environment } from './environment.ts'

/** Everything is off unless it is allowed: no write can be taken back by us. */
export function readWrites(environment: Environment): WriteSwitches {
  const isOn = (name: string): boolean => environment.choice(name, ['off', 'on']) === 'on'
  return {
    legacy: isOn('LEGACY_WRITES'),
    sitePartner: isOn('SITE_PARTNER_WRITES'),
    legacyDelete: isOn('LEGACY_DELETE'),
  }
}
