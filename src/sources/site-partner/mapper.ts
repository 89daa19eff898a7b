import { formatIdentityId } from '../../identity/identity-id.ts'
import type { Identity, IdentityStatus } from '../../identity/identity.ts'
import { SourceAccount } from '../../identity/source-account.ts'
import { toInstantText } from '../instant-text.ts'
import type { SitePartnerUserResponse } from './wire.ts'

/** @param asOf when the answer arrived. */
export function toIdentity(user: SitePartnerUserResponse, asOf: Date): Identity {
  const { network, partner } = user
  return new SourceAccount({
    id: formatIdentityId({ source: 'SITE_PARTNER', sourceId: user.id }),
    source: 'SITE_PARTNER',
    sourceId: user.id,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
    status: toStatus(user.isArchived),
    // This API has no word for the state, only the flag.
    sourceStatus: null,
    role: null,
    timezone: null,
    locale: null,
    network: network ? { __typename: 'SitePartnerNetwork', id: network.id } : network,
    partner: partner ? { __typename: 'SitePartner', id: partner.id } : partner,
    createdAt: toInstantText(user.createdAt),
    updatedAt: toInstantText(user.updatedAt),
    asOf,
  })
}

function toStatus(isArchived: boolean | undefined): IdentityStatus {
  if (isArchived === undefined) return 'UNKNOWN'
  return isArchived ? 'ARCHIVED' : 'ACTIVE'
}
