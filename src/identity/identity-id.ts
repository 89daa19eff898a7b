import { badInput } from '../errors.ts'
import { SOURCES, type IdentitySource } from './identity.ts'

/** What names one account: its source and the source's own id, which is opaque and keeps its letter case. */
export interface AccountKey {
  readonly source: IdentitySource
  readonly sourceId: string
}

const PREFIXES: Readonly<Record<IdentitySource, string>> = { LEGACY: 'legacy', SITE_PARTNER: 'site-partner' }

/**
 * What may become part of an upstream's path, percent-encoded. Not what means something there even so: a leading dot (`..`
 * is not encoded at all), a slash or a percent sign (servers decode before they look), nor white space, controls or
 * halves of characters.
 */
const SAFE_SOURCE_ID = /^(?!\.)[^\s/\\%?#\p{C}]{1,256}$/u

/** Endpoints that stand where an id would stand: `/user/self` is the owner of our keys, the others list companies. */
const LEGACY_ENDPOINTS: ReadonlySet<string> = new Set(['self', 'account', 'publisher', 'advertiser'])

export function formatIdentityId(key: AccountKey): string {
  return `${PREFIXES[key.source]}:${key.sourceId}`
}

/** @throws PublicError BAD_USER_INPUT unless the value is the global id of a possible account. */
export function parseIdentityId(value: unknown): AccountKey {
  if (typeof value !== 'string') throw badInput('An identity id is a string.')
  const colon = value.indexOf(':')
  const source = SOURCES.find((each) => PREFIXES[each] === value.slice(0, colon))
  if (colon < 0 || !source) throw badInput('An identity id is "legacy:<sourceId>" or "site-partner:<sourceId>".')
  return accountKey(source, value.slice(colon + 1))
}

/** @throws PublicError BAD_USER_INPUT when the source id could not be one, or would not be safe in a path. */
export function accountKey(source: IdentitySource, sourceId: string): AccountKey {
  if (!isSafeSourceId(source, sourceId)) throw badInput(`This is not an id that ${source} can have.`)
  return { source, sourceId }
}

export function isSafeSourceId(source: IdentitySource, sourceId: string): boolean {
  return SAFE_SOURCE_ID.test(sourceId) && !(source === 'LEGACY' && LEGACY_ENDPOINTS.has(sourceId.toLowerCase()))
}
