import { responseCheck } from '../../http/response-check.ts'

/** A site partner user as Lynkwell's API spells one. */
export interface SitePartnerUserResponse {
  readonly id: string
  /** Null says that the user is archived, but `isArchived` is what counts. */
  readonly email?: string | null
  readonly network?: { readonly id: string } | null
  readonly partner?: { readonly id: string } | null
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly isArchived?: boolean
  readonly createdAt?: string | null
  readonly updatedAt?: string | null
}

export interface SitePartnerUserListResponse {
  readonly data: {
    readonly hasMore: boolean
    readonly items: readonly SitePartnerUserResponse[]
  }
}

const text = { type: ['string', 'null'] }
const reference = { type: ['object', 'null'], required: ['id'], properties: { id: { type: 'string', minLength: 1 } } }

const user = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string', minLength: 1 },
    email: text,
    network: reference,
    partner: reference,
    firstName: text,
    lastName: text,
    isArchived: { type: 'boolean' },
    createdAt: text,
    updatedAt: text,
  },
}

/** `GET /asset-management/v1/site-partner-users`. */
export const checkUserList = responseCheck<SitePartnerUserListResponse>('SITE_PARTNER', {
  type: 'object',
  required: ['data'],
  properties: {
    data: {
      type: 'object',
      required: ['hasMore', 'items'],
      properties: { hasMore: { type: 'boolean' }, items: { type: 'array', items: user } },
    },
  },
})

/** `POST …/site-partner-users` and `PATCH …/{id}`. */
export const checkUser = responseCheck<{ readonly data: SitePartnerUserResponse }>('SITE_PARTNER', {
  type: 'object',
  required: ['data'],
  properties: { data: user },
})
