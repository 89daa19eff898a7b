import { upstreamError } from '../../errors.ts'
import { formatIdentityId } from '../../identity/identity-id.ts'
import type { Identity, IdentityStatus } from '../../identity/identity.ts'
import { SourceAccount } from '../../identity/source-account.ts'
import type { AccountRecord, NewRecord, RecordField } from '../../identity/writes/account-writer.ts'
import { toInstantText } from '../instant-text.ts'
import type { LegacyUserResponse } from './wire.ts'

/** @param asOf when the answer arrived. */
export function toIdentity(user: LegacyUserResponse, asOf: Date): Identity {
  const sourceId = toSourceId(user.user_id)
  return new SourceAccount({
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
  })
}

/** Ids are text to us. A number that JSON could not carry exactly would name somebody else. */
export function toSourceId(id: string | number): string {
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

/** What can be written, by our names and the API's. */
const WIRE_NAMES = {
  firstName: 'firstname',
  lastName: 'lastname',
  email: 'email',
  status: 'status',
  role: 'role',
  timezone: 'timezone',
  locale: 'locale',
} as const satisfies Record<RecordField, keyof LegacyUserResponse>

/**
 * What the server keeps itself. The keys and the password of a user can be in an answer, by the vendor's documents: sent back,
 * a password would become what is shown in its place.
 */
const KEPT_BY_SERVER: ReadonlySet<string> = new Set([
  'user_id',
  'created_at',
  'updated_at',
  'created',
  'modified',
  'password',
  'user_api_key',
  'application_key',
  'api_key',
])

/** Other names under which the vendor's documents speak of the same fields. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  email_address: 'email',
  emailAddress: 'email',
  user_name: 'email',
}

export function toWireName(field: RecordField): string {
  return WIRE_NAMES[field]
}

/** The input's names of the fields that the API speaks of; what we know no name for is left out. */
export function toOurNames(wireNames: readonly string[]): readonly string[] {
  const names = new Map<string, string>(Object.entries(WIRE_NAMES).map(([ours, theirs]) => [theirs, ours]))
  const known = wireNames.map((name) => (name === 'password' ? name : names.get(OTHER_NAMES[name] ?? name)))
  return [...new Set(known.filter((name) => name !== undefined && name !== 'status'))] as string[]
}

/** A user with all that the answer has of it, also what nobody here knows. */
export function toRecord(user: LegacyUserResponse, asOf: Date): AccountRecord {
  const known = new Set<string>(Object.values(WIRE_NAMES))
  const values = Object.entries(WIRE_NAMES).map(([ours, theirs]) => [ours, user[theirs]] as const)
  const others = Object.entries(user).filter(([name]) => !known.has(name) && !KEPT_BY_SERVER.has(name))
  return { identity: toIdentity(user, asOf), values: Object.fromEntries(values), others: Object.fromEntries(others) }
}

/**
 * The body of a PUT: everything that was read, with the changes laid over.
 *
 * @throws PublicError when a number in it has lost digits on its way through JSON: it would be written back as another one.
 */
export function toRecordBody({ values, others }: Pick<AccountRecord, 'values' | 'others'>): object {
  if (!isExact(others)) {
    const reason = 'a user has a number that cannot be sent back exactly'
    throw upstreamError('UPSTREAM_INVALID_RESPONSE', 'LEGACY', reason, { delivery: 'NOT_SENT' })
  }
  const fields = Object.entries(WIRE_NAMES) as [RecordField, string][]
  // Nobody has an address of null: who has none keeps none without it, and with it the whole record may be refused.
  const sent = fields.filter(([ours]) => ours !== 'email' || values.email)
  return { ...others, ...Object.fromEntries(sent.map(([ours, theirs]) => [theirs, values[ours]])) }
}

export function toCreateBody({ firstName, lastName, email, password }: NewRecord): object {
  return { firstname: firstName, lastname: lastName, email, password }
}

function isExact(value: unknown): boolean {
  if (typeof value === 'number')
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
  return typeof value !== 'object' || value === null || Object.values(value).every(isExact)
}
