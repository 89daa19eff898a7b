import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { Caller } from '../graphql/caller.ts'

/** What may stand in a log or an audit record as it is: no spaces, nothing of an e-mail address, no control characters. */
const SAFE_NAME = /^[\w.:|-]{1,128}$/
/** What callers without a token are called. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(['router', 'local'])
/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

/** Who asks, by a token that has been verified, and what they may do. */
export function toCaller(claims: JWTPayload): Caller {
  return { name: callerName(claims), scopes: new Set(SCOPE_CLAIMS.flatMap((name) => readScopes(claims[name]))) }
}

/** Where issuers put scopes: OAuth (RFC 9068), Okta and Entra, Auth0's roles. A token's rights are those of all three. */
const SCOPE_CLAIMS = ['scope', 'scp', 'permissions'] as const

/** A text with spaces between, or a list. Whatever else there is gives no right. */
function readScopes(claim: unknown): string[] {
  const listed: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return listed.filter((scope): scope is string => typeof scope === 'string' && SCOPE.test(scope))
}

/**
 * The subject, or the client where there is none. What could be an e-mail address or forge a record is told by its digest:
 * the same caller has the same name everywhere, which only who knows the subject already can look up.
 */
function callerName({ iss = '', sub, client_id: clientId, azp }: JWTPayload): string {
  const name = [sub, clientId, azp].find((claim): claim is string => typeof claim === 'string' && claim !== '')
  if (name === undefined) return 'unnamed'
  if (SAFE_NAME.test(name) && !TAKEN_NAMES.has(name)) return name
  return `sha256:${createHash('sha256').update(`${iss}\n${name}`).digest('hex').slice(0, 32)}`
}
