import { PublicError, type Upstream } from '../errors.ts'
import type { AccessTokens } from './access-token.ts'
import type { Credential, Credentials } from './credentials.ts'
import { localReason } from './local-refusal.ts'
import type { ClientCredentials } from './token-endpoint.ts'

/** Access tokens as the credentials of an upstream. */
export function createBearerCredentials(
  upstream: Upstream,
  tokens: AccessTokens,
  { clientId, clientSecret }: ClientCredentials,
): Credentials {
  const get = async (signal: AbortSignal): Promise<Credential> => {
    const token = await tokens.get(signal).catch((error: unknown) => {
      throw notSent(upstream, error)
    })
    return { id: token, headers: { authorization: `Bearer ${token}` } }
  }
  return {
    get,
    renewals: 1,
    async renew({ id }, signal) {
      tokens.refuse(id)
      return get(signal)
    },
    accepted: () => undefined,
    version: () => `${clientId('now')}\0${clientSecret('now')}`,
  }
}

/** Whatever became of the request for a token: what the token was for has not been sent. */
function notSent(upstream: Upstream, error: unknown): unknown {
  if (!(error instanceof PublicError) || error.source === undefined) return error
  // Nothing was sent, and what was refused here must be known for that: it is no failure of the upstream.
  if (localReason(error) !== undefined) return error
  return new PublicError(error.code, error.message, { source: upstream, cause: error, delivery: 'NOT_SENT' })
}
