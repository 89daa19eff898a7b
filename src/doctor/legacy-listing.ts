import { toIdentity } from '../sources/legacy/mapper.ts'
import { checkUserList, type LegacyUserResponse } from '../sources/legacy/wire.ts'

/** What `GET /user` may be: the guide's list, or the caller as in the vendor's own documents. */
export type Listing =
  | { readonly kind: 'list'; readonly rows: readonly LegacyUserResponse[]; readonly count: unknown }
  | { readonly kind: 'caller' }

/** @throws PublicError UPSTREAM_INVALID_RESPONSE where the subgraph would throw it too. */
export function readListing(body: unknown): Listing {
  if (isObject(body) && !('users' in body) && isObject(body['user'])) return { kind: 'caller' }
  const { users } = checkUserList(body)
  const rows = users.map((member) => ('user' in member ? member.user : member))
  // What no identity can be made of is a breach as well: an id that is too large a number.
  for (const user of rows) toIdentity(user, new Date(0))
  return { kind: 'list', rows, count: isObject(body) ? body['count'] : undefined }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
