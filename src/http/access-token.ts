import { PublicError, type Upstream } from '../errors.ts'
import { refuseLocally } from './local-refusal.ts'
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
/** After a failure the endpoint is left alone for so long, then for twice as long. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 10_000

/**
 * OAuth client credentials as Auth0 takes them (JSON, with an audience). A token is kept until shortly before it ends:
 * 60 s or a twentieth of its life, whichever is more, but never more than half of it. From then on it is renewed behind
 * the callers' backs: they go on with the one there is until it ends. Who needs one when there is none waits, and all who
 * do share one request.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { monotonicNow } = options
  const check = tokenResponseCheck(options.upstream)
  const renewals = new SharedCalls<Token>()
  let current: Token | undefined
  let failures = 0
  let pausedUntil = Number.NEGATIVE_INFINITY
  /** What it failed with. */
  let pausedWith: string | undefined

  const settings = (): string => JSON.stringify(tokenRequest(options.credentials, 'now'))

  const renew = async (signal: AbortSignal): Promise<Token> =>
    renewals.join('token', signal, async (shared) => {
      try {
        const token = await requestToken(options, check, shared)
        failures = 0
        pausedUntil = Number.NEGATIVE_INFINITY
        return (current = token)
      } catch (error) {
        if (!shared.aborted) pause()
        throw error
      }
    })

  const pause = (): void => {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS)
    // The first failure may be a hiccup, and somebody may be waiting.
    if (failures > 1 || current) pausedUntil = monotonicNow() + pauseMs
    pausedWith = settings()
  }

  return {
    async get(signal) {
      const now = monotonicNow()
      if (current && now < current.endsAt) {
        // Nobody waits for it, and how it fails is for those to say who find no token.
        if (now >= current.renewAt && now >= pausedUntil) renew(new AbortController().signal).catch(() => undefined)
        return current.value
      }
      if (now < pausedUntil && settings() === pausedWith) throw refuseLocally(options.upstream, 'breaker')
      return (await renew(signal)).value
    },
    refuse(token) {
      if (current?.value === token) current = undefined
    },
  }
}

/** A refusal may come from credentials of which one file has changed and the other not yet: they are looked at again. */
async function requestToken(
  options: AccessTokensOptions,
  check: (body: unknown) => TokenResponse,
  signal: AbortSignal,
): Promise<Token> {
  const sent = tokenRequest(options.credentials)
  try {
    return await askForToken(options, check, sent, signal)
  } catch (error) {
    if (!(error instanceof PublicError) || error.code !== 'UPSTREAM_UNAUTHORIZED') throw error
    const newest = tokenRequest(options.credentials, 'now')
    if (JSON.stringify(newest) === JSON.stringify(sent)) throw error
    return askForToken(options, check, newest, signal)
  }
}

async function askForToken(
  { upstream, transport, monotonicNow }: AccessTokensOptions,
  check: (body: unknown) => TokenResponse,
  json: object,
  signal: AbortSignal,
): Promise<Token> {
  // The lifetime counts from before the request, so that a slow answer does not lengthen it.
  const requestedAt = monotonicNow()
  const response = await transport({
    method: 'POST',
    path: '',
    operation: 'POST /oauth/token',
    effect: 'read',
    json,
    signal,
  })
  if (!isSuccess(response)) throw statusError(upstream, response.status)
  const { access_token: value, expires_in: lifetime = DEFAULT_LIFETIME_SECONDS } = check(response.body)
  const lifetimeMs = lifetime * 1000
  const marginMs = Math.min(Math.max(MIN_MARGIN_MS, lifetimeMs * MARGIN_SHARE), lifetimeMs / 2)
  return { value, renewAt: requestedAt + lifetimeMs - marginMs, endsAt: requestedAt + lifetimeMs }
}
