import { isLoopback, type Environment } from './environment.ts'
import type { Secret } from './secret.ts'

/** Whose bearer tokens are good here. */
export interface TokenConfig {
  readonly jwksUrl: string
  /** Compared letter by letter with the claims `iss` and `aud`. */
  readonly issuer: string
  readonly audience: string
}

/**
 * With both, the secret lets in and the token gives scopes. With the secret alone the router is trusted to have checked
 * them, with tokens alone a token does both. With neither anybody may ask: only where ACCESS is open.
 */
export interface AccessConfig {
  /** What callers must send as `router-authorization`. */
  readonly routerSecret: Secret | undefined
  readonly tokens: TokenConfig | undefined
}

export function readAccess(environment: Environment, host: string): AccessConfig {
  const access = environment.choice('ACCESS', ['secured', 'open'])
  const routerSecret = environment.secret('ROUTER_SECRET')
  const tokens = readTokens(environment)
  if (access === 'open') {
    if (!isLoopback(host))
      environment.faults.push('ACCESS=open is only for a loopback HOST (127.0.0.1, ::1, localhost).')
    // Whoever sets it counts on scopes being checked, so it must not be passed over.
    if (tokens) environment.faults.push('JWKS_URL is for secured access: ACCESS=open looks at no token.')
    return { routerSecret: undefined, tokens: undefined }
  }
  if (!routerSecret && !tokens) {
    environment.faults.push(
      'ROUTER_SECRET is what callers send as router-authorization, JWKS_URL tells whose tokens they send: set one of them, or both; ACCESS=open does without, on loopback.',
    )
  }
  return { routerSecret, tokens }
}

/** Undefined when none of the three is set; one of them alone is a slip that would leave scopes unchecked. */
function readTokens(environment: Environment): TokenConfig | undefined {
  const names = ['JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const
  const [jwksUrl, issuer, audience] = names.map((name) => environment.text(name))
  if (!jwksUrl && !issuer && !audience) return undefined
  for (const name of names) {
    if (!environment.text(name)) environment.faults.push(`${name} is missing; ${names.join(', ')} belong together.`)
  }
  return {
    jwksUrl: jwksUrl ? environment.url('JWKS_URL', jwksUrl) : '',
    issuer: issuer ?? '',
    audience: audience ?? '',
  }
}
