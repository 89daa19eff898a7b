import type { IdentitySource } from '../identity.ts'
import type { Refusal } from './account-writer.ts'
import { identityError, type IdentityError } from './payload.ts'

/** What is asked of a source; its words for it are what one asks the vendor for. */
export type Right = 'create' | 'update' | 'archive' | 'delete'

/** Why an upstream refused a write. Its own text is not passed on: vendors quote what was sent. */
export function refusalErrors(source: IdentitySource, right: Right, { reason, fields }: Refusal): IdentityError[] {
  switch (reason) {
    case 'NOT_GRANTED':
      return [identityError('NOT_GRANTED', grantToAskFor(source, right))]
    case 'NOT_FOUND':
      // What a creation did not find is something that it speaks of, such as the site partner.
      return right === 'create'
        ? [identityError('REJECTED_BY_SOURCE', `${source} did not find what the account is to belong to.`)]
        : [identityError('NOT_FOUND', 'The source has no such account.', 'id')]
    default:
      return fields.length === 0
        ? [identityError('REJECTED_BY_SOURCE', `${source} did not take it.`)]
        : fields.map((field) => identityError('REJECTED_BY_SOURCE', `${source} did not take this value.`, field))
  }
}

function grantToAskFor(source: IdentitySource, right: Right): string {
  return source === 'LEGACY'
    ? `Our keys may not ${right} users. Ask Partnerize for a user with admin rights, and set that user's LEGACY_APPLICATION_KEY and LEGACY_USER_API_KEY.`
    : `Our API client may not ${right} site partner users, which is off by default. Ask Lynkwell to enable it for this client (SITE_PARTNER_CLIENT_ID).`
}
