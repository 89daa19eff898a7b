/** The sources, in the order in which a walk goes through them. */
export const SOURCES = ['LEGACY', 'SITE_PARTNER'] as const
export type IdentitySource = (typeof SOURCES)[number]

export type IdentityStatus = 'ACTIVE' | 'INACTIVE' | 'ARCHIVED' | 'UNKNOWN'

/**
 * One account in one source.
 *
 * An `undefined` field was not carried by the answer that this was read from; `null` is what the source itself said.
 * The two are kept apart, because only the first can be completed by another read (`completed`).
 *
 * `__typename` is here because @apollo/subgraph otherwise defines it on the object while it answers `_entities`.
 */
export interface Identity {
  readonly __typename: 'Identity'
  /** `legacy:<sourceId>` or `site-partner:<sourceId>`. */
  readonly id: string
  readonly source: IdentitySource
  readonly sourceId: string
  readonly email: string | null | undefined
  readonly firstName: string | null | undefined
  readonly lastName: string | null | undefined
  readonly status: IdentityStatus | undefined
  readonly sourceStatus: string | null | undefined
  readonly role: string | null | undefined
  readonly timezone: string | null | undefined
  readonly locale: string | null | undefined
  readonly network: { readonly __typename: 'SitePartnerNetwork'; readonly id: string } | null | undefined
  readonly partner: { readonly __typename: 'SitePartner'; readonly id: string } | null | undefined
  /** ISO 8601 text as read; whether it is a real date is checked when it is shown. */
  readonly createdAt: string | null | undefined
  readonly updatedAt: string | null | undefined
  readonly asOf: Date
}

/** The identities behind one e-mail address; they are looked up when they are asked for. */
export interface IdentityHolder {
  readonly __typename: 'IdentityHolder'
  /** Lower-cased, see `email.ts`. */
  readonly email: string
}

/** The names there are, joined; null when there is none. */
export function displayName(firstName: string | null, lastName: string | null): string | null {
  return [firstName, lastName].filter((name) => name !== null && name.trim() !== '').join(' ') || null
}

/** The fields that an upstream's answer may leave out. */
export const CARRIED_FIELDS = [
  'email',
  'firstName',
  'lastName',
  'status',
  'sourceStatus',
  'role',
  'timezone',
  'locale',
  'network',
  'partner',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Identity)[]
export type CarriedField = (typeof CARRIED_FIELDS)[number]
const NO_FIELDS: readonly CarriedField[] = []

/** Some of the carried fields, the first of them as the lowest bit. */
export type FieldBits = number

/**
 * The fields that the answer which this was read from did not carry. Each is named here: by a list of names it costs ten times
 * as much, and every row of every page is asked.
 */
export function missingBits(identity: Identity): FieldBits {
  return (
    (identity.email === undefined ? 1 : 0) |
    (identity.firstName === undefined ? 2 : 0) |
    (identity.lastName === undefined ? 4 : 0) |
    (identity.status === undefined ? 8 : 0) |
    (identity.sourceStatus === undefined ? 16 : 0) |
    (identity.role === undefined ? 32 : 0) |
    (identity.timezone === undefined ? 64 : 0) |
    (identity.locale === undefined ? 128 : 0) |
    (identity.network === undefined ? 256 : 0) |
    (identity.partner === undefined ? 512 : 0) |
    (identity.createdAt === undefined ? 1024 : 0) |
    (identity.updatedAt === undefined ? 2048 : 0)
  )
}

/** The fields that one or another of them lacks. */
export function missingBitsOfAny(identities: readonly Identity[]): FieldBits {
  let missing = 0
  for (const identity of identities) missing |= missingBits(identity)
  return missing
}

export function fieldsOf(bits: FieldBits): readonly CarriedField[] {
  if (bits === 0) return NO_FIELDS
  return CARRIED_FIELDS.filter((_field, index) => (bits & (1 << index)) !== 0)
}

export function missingFields(identity: Identity): readonly CarriedField[] {
  return fieldsOf(missingBits(identity))
}

/** What a last answer did not carry is nothing: nobody can be asked for it. */
export function settled(identity: Identity): Identity {
  const missing = missingFields(identity)
  if (missing.length === 0) return identity
  return { ...identity, ...Object.fromEntries(missing.map((field) => [field, field === 'status' ? 'UNKNOWN' : null])) }
}

/** What was read first stays as it was; only what it did not carry comes from the other reading, which may be the older. */
export function completed(identity: Identity, other: Identity): Identity {
  const carried = Object.fromEntries(missingFields(identity).map((field) => [field, other[field]]))
  return { ...identity, ...carried, asOf: other.asOf < identity.asOf ? other.asOf : identity.asOf }
}
