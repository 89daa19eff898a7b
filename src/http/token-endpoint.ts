import type { Secret } from '../config/secret.ts'
import type { Upstream } from '../errors.ts'
import { responseCheck } from './response-check.ts'

export interface ClientCredentials {
  readonly clientId: Secret
  readonly clientSecret: Secret
  readonly audience: string
}

export interface TokenResponse {
  readonly access_token: string
  /** Seconds. RFC 6749 leaves it to the server whether it says so. */
  readonly expires_in?: number
  /** Not relied on, only shown to people. */
  readonly token_type?: unknown
  readonly scope?: unknown
}

/** Without a told lifetime a token is taken for short-lived. */
export const DEFAULT_LIFETIME_SECONDS = 300

/** What is posted to the token endpoint: client credentials as Auth0 takes them, in JSON and with an audience. */
export function tokenRequest({ clientId, clientSecret, audience }: ClientCredentials, look?: 'now'): object {
  return { client_id: clientId(look), client_secret: clientSecret(look), audience, grant_type: 'client_credentials' }
}

export function tokenResponseCheck(upstream: Upstream): (body: unknown) => TokenResponse {
  return responseCheck<TokenResponse>(upstream, {
    type: 'object',
    required: ['access_token'],
    properties: {
      access_token: { type: 'string', minLength: 1 },
      expires_in: { type: 'number', exclusiveMinimum: 0 },
    },
  })
}
