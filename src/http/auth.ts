import type { LegacyAuth } from '../config.ts'
import type { Secret } from '../config/secret.ts'
import type { HttpPolicy } from './transport.ts'

/** The dual keys: in the guide's two headers, or as HTTP Basic, which is what the vendor documents. Never in the query. */
export function dualKeyHeaders(auth: LegacyAuth, application: string, user: string): Record<string, string> {
  return auth === 'basic'
    ? { authorization: `Basic ${Buffer.from(`${application}:${user}`).toString('base64')}` }
    : { 'x-application-key': application, 'x-user-api-key': user }
}

/** Each request with the keys of the moment, and nothing more: what the doctor wants to see is how they are answered. */
export function dualKeys(auth: LegacyAuth, applicationKey: Secret, userApiKey: Secret): HttpPolicy {
  return (next) => (request) =>
    next({ ...request, headers: { ...request.headers, ...dualKeyHeaders(auth, applicationKey(), userApiKey()) } })
}
