import { upstreamError } from '../../errors.ts'
import { isSuccess, statusError } from '../../http/status-error.ts'
import type { HttpRequest, HttpTransport } from '../../http/transport.ts'
import type { CursorPageToken, ReadScope } from '../../identity/account-source.ts'
import type { WriteAnswer } from '../../identity/writes/account-writer.ts'
import { refusalOf } from '../refusal.ts'
import { checkUser, checkUserList, type SitePartnerUserListResponse, type SitePartnerUserResponse } from './wire.ts'

const USERS_PATH = '/asset-management/v1/site-partner-users'

/** The least that can be asked. */
export const SITE_PARTNER_PROBE: Omit<HttpRequest, 'signal'> = {
  method: 'GET',
  path: `${USERS_PATH}?limit=1`,
  operation: `GET ${USERS_PATH}`,
}

/** The endpoints of Lynkwell's site partner users that we call. There is none that gives one user by id. */
export interface SitePartnerClient {
  /** The users behind `after`; null when the API refuses that id as a place to begin. */
  listUsers(token: CursorPageToken, scope: ReadScope): Promise<SitePartnerUserListResponse['data'] | null>
  createUser(body: object, scope: ReadScope): Promise<WriteAnswer<SitePartnerUserResponse>>
  /** Changes what the body has and nothing else. */
  patchUser(id: string, body: object, scope: ReadScope): Promise<WriteAnswer<SitePartnerUserResponse>>
  /** The answer has no body. */
  archiveUser(id: string, scope: ReadScope): Promise<WriteAnswer<null>>
}

export function createSitePartnerClient(transport: HttpTransport): SitePartnerClient {
  const write = async <Value>(
    request: Pick<HttpRequest, 'method' | 'path' | 'operation' | 'effect' | 'json'>,
    scope: ReadScope,
    read: (body: unknown) => Value,
  ): Promise<WriteAnswer<Value>> => {
    const response = await transport({ ...request, ...scope })
    return isSuccess(response)
      ? { kind: 'done', value: read(response.body) }
      : // No error of this API is documented, so no field can be made out.
        refusalOf('SITE_PARTNER', response)
  }
  const readUser = (body: unknown): SitePartnerUserResponse => checkUser(body).data

  return {
    async listUsers({ after, size }, scope) {
      // `limit` is text of a fixed pattern, 1 to 100 without sign or zeros in front.
      const behind = after === null ? '' : `&startingAfter=${encodeURIComponent(after)}`
      const path = `${USERS_PATH}?limit=${size}${behind}`
      const response = await transport({ method: 'GET', path, operation: `GET ${USERS_PATH}`, ...scope })
      if (after !== null && (response.status === 400 || response.status === 404)) return null
      if (!isSuccess(response)) throw statusError('SITE_PARTNER', response.status)
      const { data } = checkUserList(response.body)
      if (data.hasMore && data.items.length === 0) {
        throw upstreamError('UPSTREAM_INVALID_RESPONSE', 'SITE_PARTNER', 'more is promised behind a page without users')
      }
      return data
    },

    createUser: (json, scope) =>
      write({ method: 'POST', path: USERS_PATH, operation: `POST ${USERS_PATH}`, json }, scope, readUser),

    patchUser: (id, json, scope) => {
      const path = `${USERS_PATH}/${encodeURIComponent(id)}`
      return write({ method: 'PATCH', path, operation: `PATCH ${USERS_PATH}/{id}`, json }, scope, readUser)
    },

    archiveUser: (id, scope) => {
      const path = `${USERS_PATH}/${encodeURIComponent(id)}/archive`
      const operation = `POST ${USERS_PATH}/{id}/archive`
      return write({ method: 'POST', path, operation, effect: 'change' }, scope, () => null)
    },
  }
}
