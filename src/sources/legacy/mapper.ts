import { upstreamError } from '../../errors.ts'
import { formatIdentityId } from '../../identity/identity-id.ts'
import type { Identity, IdentityStatus } from '../../identity/identity.ts'
import { toInstantText } from '../instant-text.ts'
import type { LegacyUserResponse } from './wire.ts'

/** @param asOf when the answer arrived. */
export function toIdentity(user: LegacyUserResponse, asOf: Date): Identity {
  const sourceId = toSourceId(user.user_id)
  return {
    __typename: 'Identity',
    id: formatIdentityId({ source: 'LEGACY', sourceId }),
    source: 'LEGACY',
    sourceId,
    email: user.email,
    firstName: user.firstname,
    lastName: user.lastname,
    status: user.status === undefined ? undefined : toStatus(user.status),
    sourceStatus: user.status,
    role: user.role,
    timezone: user.timezone,
    locale: user.locale,
    network: null,
    partner: null,
    createdAt: toInstantText(user.created_at),
    updatedAt: toInstantText(user.updated_at),
    asOf,
  }
}

/** Ids are text to us. A number that JSON could not carry exactly would name somebody else. */
function toSourceId(id: string | number): string {
  if (typeof id === 'number' && !Number.isSafeInteger(id)) {
    throw upstreamError('UPSTREAM_INVALID_RESPONSE', 'LEGACY', 'a user_id is too large a number')
  }
  return String(id)
}

/** The guide names two words and leaves the list open; a word that we do not know is never taken for one of them. */
function toStatus(word: string | null): IdentityStatus {
  switch (word?.toLowerCase()) {
    case 'active':
      return 'ACTIVE'
    case 'inactive':
      return 'INACTIVE'
    default:
      return 'UNKNOWN'
  }
}
