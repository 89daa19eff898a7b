import { responseCheck } from '../../http/response-check.ts'

/**
 * A user as the Partnerize user API spells one. List rows hold the first five fields by the guide; whatever else may be
 * absent. Vendor documents show ids as text, the oldest ones as integers.
 */
export interface LegacyUserResponse {
  readonly user_id: string | number
  readonly firstname?: string | null
  readonly lastname?: string | null
  readonly email?: string | null
  readonly status?: string | null
  readonly role?: string | null
  readonly timezone?: string | null
  readonly locale?: string | null
  readonly created_at?: string | null
  readonly updated_at?: string | null
}

interface WrappedUser {
  readonly user: LegacyUserResponse
}

/** `count` is not here: the guide means the rows of the page, the vendor all rows, so nothing may rest on it. */
export interface LegacyUserListResponse {
  /** Vendor lists wrap each member once more. */
  readonly users: readonly (LegacyUserResponse | WrappedUser)[]
}

const text = { type: ['string', 'null'] }

const user = {
  type: 'object',
  required: ['user_id'],
  properties: {
    user_id: { type: ['string', 'integer'], minLength: 1 },
    firstname: text,
    lastname: text,
    email: text,
    status: text,
    role: text,
    timezone: text,
    locale: text,
    created_at: text,
    updated_at: text,
  },
}

const wrapped = { type: 'object', required: ['user'], properties: { user } }

/** `GET /user`. The vendor's endpoint of this name answers with the caller, `{"user": …}`: that is no empty list. */
export const checkUserList = responseCheck<LegacyUserListResponse>('LEGACY', {
  type: 'object',
  required: ['users'],
  properties: {
    users: {
      type: 'array',
      // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
      items: { type: 'object', if: { required: ['user_id'] }, then: user, else: wrapped },
    },
  },
})

/** `GET /user/{user_id}` and `POST /user`. */
export const checkUser = responseCheck<WrappedUser>('LEGACY', wrapped)

interface OwnerResponse {
  readonly user: Pick<LegacyUserResponse, 'user_id'>
}

/** `GET /user/self`: of the owner of our keys only the id counts. */
export const checkOwner = responseCheck<OwnerResponse>('LEGACY', {
  type: 'object',
  required: ['user'],
  properties: { user: { type: 'object', required: ['user_id'], properties: { user_id: user.properties.user_id } } },
})

/**
 * Whether a 401 is about a right and not about the keys: the vendor's oldest API says
 * `{"error":{"message":"Permission Denied: …","type":"Access Permission Denied"}}` with that status.
 */
export function isMissingRight(body: unknown): boolean {
  const type = part(part(body, 'error'), 'type')
  return typeof type === 'string' && /permission/i.test(type)
}

/**
 * The fields that a refusal names. The vendor's API has four shapes for it, of which the first has three: `error.fields` as
 * names, as an object, or as an empty list; `error.errors[].property`; `errors[].messages`; `messages`.
 */
export function namedFields(body: unknown): readonly string[] {
  const error = part(body, 'error')
  return [
    ...namesIn(part(error, 'fields')),
    ...items(part(error, 'errors')).flatMap((each) => namesIn([part(each, 'property')])),
    ...items(part(body, 'errors')).flatMap((each) => namesIn(part(each, 'messages'))),
    ...namesIn(part(body, 'messages')),
  ]
}

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const names: unknown[] = Array.isArray(value) ? value : Object.keys(value)
  return names.flatMap((name) => (typeof name === 'string' ? [name.replaceAll(/[[\]]/g, '')] : []))
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function part(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
