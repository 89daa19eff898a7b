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

/** `GET /user/{user_id}` and `GET /user/self`. */
export const checkUser = responseCheck<WrappedUser>('LEGACY', wrapped)
