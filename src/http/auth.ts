import type { LegacyAuth } from '../config.ts'
import type { Secret } from '../config/secret.ts'
import type { AccessTokens } from './access-token.ts'
import type { HttpPolicy } from './transport.ts'

/** The dual keys: in the guide's two headers, or as HTTP Basic, which is what the vendor documents. Never in the query. */
export function dualKeys(auth: LegacyAuth, applicationKey: Secret, userApiKey: Secret): HttpPolicy {
  return (next) => (request) => {
    const [application, user] = [applicationKey(), userApiKey()]
    const headers: Record<string, string> =
      auth === 'basic'
        ? { authorization: `Basic ${Buffer.from(`${application}:${user}`).toString('base64')}` }
        : { 'x-application-key': application, 'x-user-api-key': user }
    return next({ ...request, headers: { ...request.headers, ...headers } })
  }
}

/** A bearer token; one that is refused is renewed once, and the request is made once more. */
export function bearerToken(tokens: AccessTokens): HttpPolicy {
  return (next) => async (request) => {
    const authorized = async (token: string) =>
      next({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } })
    const token = await tokens.get(request.signal)
    const response = await authorized(token)
    if (response.status !== 401) return response
    tokens.refuse(token)
    return authorized(await tokens.get(request.signal))
  }
}
