import { jsonObject, Refusal } from '../server/answer.ts'
import type { Answer, Exchange } from '../server/answer.ts'
import { createRandom } from '../people/random.ts'
import type { SitePartnerSwitches } from './site-partner-switches.ts'

/** The one API client there is. Its audience is no base URL of anything, to keep the two apart. */
export const SITE_PARTNER_CLIENT = {
  clientId: 'simulated-client',
  clientSecret: 'simulated-client-secret',
  audience: 'https://site-partner.example/api',
} as const

export interface TokenEndpoint {
  issue(exchange: Exchange): Answer
  /** Throws a Refusal unless the request bears a living token with this scope. */
  authorize(exchange: Exchange, scope: string): void
  /** No token issued so far is good any more. */
  expireAll(): void
}

interface Grant {
  scopes: readonly string[]
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** OAuth 2 client credentials, with the failures of the identity platform that the vendor uses. */
export function createTokenEndpoint(switches: SitePartnerSwitches, now: () => Date): TokenEndpoint {
  // Never started again, not even by a reset: a forgotten token must not become good by being issued anew.
  const random = createRandom(4_711)
  const grants = new Map<string, Grant>()

  return {
    issue({ headers, body }) {
      const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
      const fields = isForm ? Object.fromEntries(new URLSearchParams(body)) : jsonObject(body)
      const { clientId, clientSecret, audience } = SITE_PARTNER_CLIENT
      if (fields === undefined) throw denied(400, 'invalid_request', 'The body is not valid JSON')
      if (fields['grant_type'] !== 'client_credentials') {
        throw denied(403, 'unauthorized_client', 'Grant type not allowed for the client.')
      }
      if (fields['client_id'] !== clientId || fields['client_secret'] !== clientSecret) {
        throw denied(401, 'access_denied', 'Unauthorized')
      }
      if (fields['audience'] !== audience) {
        throw denied(403, 'access_denied', `Service not found: ${String(fields['audience'])}`)
      }
      const { scope, tokenLifetimeSeconds } = switches
      const token = random.token(40)
      const expiresAt = now().getTime() + tokenLifetimeSeconds * 1000
      grants.set(token, { scopes: scope.split(' '), expiresAt })
      return {
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: { access_token: token, token_type: 'Bearer', expires_in: tokenLifetimeSeconds, scope },
      }
    },
    authorize({ headers }, scope) {
      const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
      const grant = token === undefined ? undefined : grants.get(token)
      if (grant === undefined || grant.expiresAt <= now().getTime()) {
        const challenge =
          'Bearer scope="" error="invalid_token" error_description="the token is missing or has expired"'
        throw new Refusal({
          status: 401,
          headers: { 'www-authenticate': challenge },
          body: { message: 'Unauthorized' },
        })
      }
      if (!grant.scopes.includes(scope)) throw new Refusal({ status: 403, body: { message: 'Forbidden' } })
    },
    expireAll: () => grants.clear(),
  }
}

function denied(status: number, error: string, description: string): Refusal {
  return new Refusal({ status, body: { error, error_description: description } })
}
