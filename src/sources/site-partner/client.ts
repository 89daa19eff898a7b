import { upstreamError } from '../../errors.ts'
import { isSuccess, statusError } from '../../http/status-error.ts'
import type { HttpRequest, HttpTransport } from '../../http/transport.ts'
import type { CursorPageToken, ReadScope } from '../../identity/account-source.ts'
import { checkUserList, type SitePartnerUserListResponse } from './wire.ts'

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
}

export function createSitePartnerClient(transport: HttpTransport): SitePartnerClient {
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
  }
}
