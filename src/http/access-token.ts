import type { Upstream } from '../errors.ts'
import { SharedCalls } from './shared-calls.ts'
import { isSuccess, statusError } from './status-error.ts'
import {
  DEFAULT_LIFETIME_SECONDS,
  tokenRequest,
  tokenResponseCheck,
  type ClientCredentials,
  type TokenResponse,
} from './token-endpoint.ts'
import type { HttpTransport } from './transport.ts'

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

const MIN_MARGIN_MS = 60_000
const MARGIN_SHARE = 0.05

/**
 * OAuth client credentials as Auth0 takes them (JSON, with an audience). A token is kept until shortly before it ends:
 * 60 s or a twentieth of its life, whichever is more, but never more than half of it. Callers at the same time share one
 * request.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { monotonicNow } = options
  const check = tokenResponseCheck(options.upstream)
  const renewals = new SharedCalls<Token>()
  let current: Token | undefined

  return {
    async get(signal) {
      const held = current
      if (held && monotonicNow() < held.renewAt) return held.value
      try {
        const token = await renewals.join('token', signal, (shared) => requestToken(options, check, shared))
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

async function requestToken(
  { upstream, credentials, transport, monotonicNow }: AccessTokensOptions,
  check: (body: unknown) => TokenResponse,
  signal: AbortSignal,
): Promise<Token> {
  // The lifetime counts from before the request, so that a slow answer does not lengthen it.
  const requestedAt = monotonicNow()
  const response = await transport({
    method: 'POST',
    path: '',
    operation: 'POST /oauth/token',
    effect: 'read',
    json: tokenRequest(credentials),
    signal,
  })
  if (!isSuccess(response)) throw statusError(upstream, response.status)
  const { access_token: value, expires_in: lifetime = DEFAULT_LIFETIME_SECONDS } = check(response.body)
  const lifetimeMs = lifetime * 1000
  const marginMs = Math.min(Math.max(MIN_MARGIN_MS, lifetimeMs * MARGIN_SHARE), lifetimeMs / 2)
  return { value, renewAt: requestedAt + lifetimeMs - marginMs, endsAt: requestedAt + lifetimeMs }
}
