import { formatIdentityId, type AccountKey } from '../../identity/identity-id.ts'
import { CARRIED_FIELDS, type CarriedField, type Identity, type IdentityStatus } from '../../identity/identity.ts'

/** What an answer can say of an account, as flat text. `undefined`: no answer has carried it; `null`: there is none. */
export type Fields = Readonly<Record<CarriedField, string | null | undefined>>

/** Of each field one bit. The order is part of the file's format. */
const BITS: Readonly<Record<CarriedField, number>> = {
  email: 1,
  firstName: 2,
  lastName: 4,
  status: 8,
  sourceStatus: 16,
  role: 32,
  timezone: 64,
  locale: 128,
  network: 256,
  partner: 512,
  createdAt: 1024,
  updatedAt: 2048,
}

export const ALL_FIELDS = maskOf(CARRIED_FIELDS)
/** What never changes is as true as it was, however long ago it was read. */
export const AGELESS_FIELDS = maskOf(['createdAt'])

export function maskOf(fields: readonly CarriedField[]): number {
  return fields.reduce((mask, field) => mask | BITS[field], 0)
}

export function maskOfCarried(fields: Fields): number {
  let mask = 0
  for (const field of CARRIED_FIELDS) if (fields[field] !== undefined) mask |= BITS[field]
  return mask
}

export function isIn(field: CarriedField, mask: number): boolean {
  return (mask & BITS[field]) !== 0
}

export function toFields(identity: Identity): Fields {
  return {
    email: wellFormed(identity.email),
    firstName: wellFormed(identity.firstName),
    lastName: wellFormed(identity.lastName),
    status: identity.status,
    sourceStatus: wellFormed(identity.sourceStatus),
    role: wellFormed(identity.role),
    timezone: wellFormed(identity.timezone),
    locale: wellFormed(identity.locale),
    network: wellFormed(identity.network && identity.network.id),
    partner: wellFormed(identity.partner && identity.partner.id),
    createdAt: wellFormed(identity.createdAt),
    updatedAt: wellFormed(identity.updatedAt),
  }
}

export function toIdentity({ source, sourceId }: AccountKey, fields: Fields, asOf: Date): Identity {
  const { network, partner } = fields
  return {
    __typename: 'Identity',
    id: formatIdentityId({ source, sourceId }),
    source,
    sourceId,
    email: fields.email,
    firstName: fields.firstName,
    lastName: fields.lastName,
    status: fields.status as IdentityStatus | undefined,
    sourceStatus: fields.sourceStatus,
    role: fields.role,
    timezone: fields.timezone,
    locale: fields.locale,
    network: typeof network === 'string' ? { __typename: 'SitePartnerNetwork', id: network } : network,
    partner: typeof partner === 'string' ? { __typename: 'SitePartner', id: partner } : partner,
    createdAt: fields.createdAt,
    updatedAt: fields.updatedAt,
    asOf,
  }
}

/** Which fields are not what they were: the one place that says so. */
export function changedFields(before: Fields, after: Fields): CarriedField[] {
  return CARRIED_FIELDS.filter((field) => before[field] !== after[field])
}

/** The file holds UTF-8, which has no halves of characters: without this, such a text would differ from itself for ever. */
function wellFormed(text: string | null | undefined): string | null | undefined {
  return text?.toWellFormed() ?? text
}
