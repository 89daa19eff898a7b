import { Ajv } from 'ajv'
import type { Secret } from '../config/secret.ts'
import { upstreamError, type Upstream } from '../errors.ts'
import { SharedCalls } from './shared-calls.ts'
import { isSuccess, statusError } from './status-error.ts'
import type { HttpTransport } from './transport.ts'

export interface ClientCredentials {
  readonly clientId: Secret
  readonly clientSecret: Secret
  readonly audience: string
}

export interface AccessTokens {
  /** A token that is good for now. */
  get(signal: AbortSignal): Promise<string>
  /** The upstream refused this token: it will not be given again. */
  refuse(token: string): void
}

export interface AccessTokensOptions {
  readonly upstream: Upstream
  /** Its base URL is the token endpoint. */
  readonly transport: HttpTransport
  readonly credentials: ClientCredentials
  readonly monotonicNow: () => number
}

interface Token {
  readonly value: string
  readonly renewAt: number
  readonly endsAt: number
}

interface TokenResponse {
  readonly access_token: string
  readonly expires_in?: number
}

const isTokenResponse = new Ajv().compile<TokenResponse>({
  type: 'object',
  required: ['access_token'],
  properties: {
    access_token: { type: 'string', minLength: 1 },
    expires_in: { type: 'number', exclusiveMinimum: 0 },
  },
})

/** RFC 6749 leaves `expires_in` to the server; without it the token is taken for short-lived. */
const DEFAULT_LIFETIME_SECONDS = 300
const MIN_MARGIN_MS = 60_000
const MARGIN_SHARE = 0.05

/**
 * OAuth client credentials as Auth0 takes them (JSON, with an audience). A token is kept until shortly before it ends:
 * 60 s or a twentieth of its life, whichever is more, but never more than half of it. Callers at the same time share one
 * request.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { monotonicNow } = options
  const renewals = new SharedCalls<Token>()
  let current: Token | undefined

  return {
    async get(signal) {
      const held = current
      if (held && monotonicNow() < held.renewAt) return held.value
      try {
        const token = await renewals.join('token', signal, (shared) => requestToken(options, shared))
        current = token
        return token.value
      } catch (error) {
        // The endpoint may be down for a while; the old token is good until it ends.
        if (held && held === current && !signal.aborted && monotonicNow() < held.endsAt) return held.value
        throw error
      }
    },
    refuse(token) {
      if (current?.value === token) current = undefined
    },
  }
}

async function requestToken(options: AccessTokensOptions, signal: AbortSignal): Promise<Token> {
  const { upstream, credentials, transport, monotonicNow } = options
  const json = {
    client_id: credentials.clientId(),
    client_secret: credentials.clientSecret(),
    audience: credentials.audience,
    grant_type: 'client_credentials',
  }
  // The lifetime counts from before the request, so that a slow answer does not lengthen it.
  const requestedAt = monotonicNow()
  const response = await transport({ method: 'POST', path: '', json, signal })
  if (!isSuccess(response)) throw statusError(upstream, response.status)
  if (!isTokenResponse(response.body)) throw upstreamError('UPSTREAM_INVALID_RESPONSE', upstream, 'no access token')
  const lifetimeMs = (response.body.expires_in ?? DEFAULT_LIFETIME_SECONDS) * 1000
  const marginMs = Math.min(Math.max(MIN_MARGIN_MS, lifetimeMs * MARGIN_SHARE), lifetimeMs / 2)
  return {
    value: response.body.access_token,
    renewAt: requestedAt + lifetimeMs - marginMs,
    endsAt: requestedAt + lifetimeMs,
  }
}
