import { upstreamError } from '../../errors.ts'
import { isSuccess, statusError } from '../../http/status-error.ts'
import type { HttpRequest, HttpTransport } from '../../http/transport.ts'
import type { OffsetPageToken, ReadScope } from '../../identity/account-source.ts'
import { checkUser, checkUserList, type LegacyUserResponse } from './wire.ts'

/** What every right pair of keys may ask: who it is. Where there is no such call (the vendor's dialect), a 404 says as much. */
export const LEGACY_PROBE: Omit<HttpRequest, 'signal'> = {
  method: 'GET',
  path: '/user/self',
  operation: 'GET /user/self',
}

/** The endpoints of the Partnerize user API that we call. */
export interface LegacyClient {
  /** A page of at most `size` users; empty behind the end of the list. */
  listUsers(token: OffsetPageToken, scope: ReadScope): Promise<readonly LegacyUserResponse[]>
  /** Null when there is none, or none that our keys may see: the API says 404 to both. */
  getUser(userId: string, scope: ReadScope): Promise<LegacyUserResponse | null>
}

export function createLegacyClient(transport: HttpTransport): LegacyClient {
  return {
    async listUsers({ page, size }, scope) {
      const path = `/user?page=${page}&count=${size}`
      const response = await transport({ method: 'GET', path, operation: 'GET /user', ...scope })
      // What a page behind the end is like is not documented; the first page of an API that exists is never missing.
      if (response.status === 404 && page > 1) return []
      if (!isSuccess(response)) throw statusError('LEGACY', response.status)
      const { users } = checkUserList(response.body)
      if (users.length > size) {
        throw upstreamError('UPSTREAM_INVALID_RESPONSE', 'LEGACY', 'a page has more users than were asked for')
      }
      return users.map((member) => ('user' in member ? member.user : member))
    },

    async getUser(userId, scope) {
      const path = `/user/${encodeURIComponent(userId)}`
      const response = await transport({ method: 'GET', path, operation: 'GET /user/{user_id}', ...scope })
      if (response.status === 404) return null
      if (!isSuccess(response)) throw statusError('LEGACY', response.status)
      return checkUser(response.body).user
    },
  }
}
