import { upstreamError } from '../../errors.ts'
import { isSuccess, provesCredentials, statusError } from '../../http/status-error.ts'
import type { HttpRequest, HttpTransport } from '../../http/transport.ts'
import type { OffsetPageToken, ReadScope } from '../../identity/account-source.ts'
import type { WriteAnswer } from '../../identity/writes/account-writer.ts'
import { refusalOf } from '../refusal.ts'
import { toOurNames } from './mapper.ts'
import { checkOwner, checkUser, checkUserList, isMissingRight, namedFields, type LegacyUserResponse } from './wire.ts'

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
  /** The user to whom our keys belong; of it only the id is sure to be there. */
  getSelf(scope: ReadScope): Promise<Pick<LegacyUserResponse, 'user_id'>>
  createUser(body: object, scope: ReadScope): Promise<WriteAnswer<LegacyUserResponse>>
  /** Replaces the whole record. The answer repeats what was sent, so it is not given. */
  putUser(userId: string, body: object, scope: ReadScope): Promise<WriteAnswer<null>>
  deleteUser(userId: string, scope: ReadScope): Promise<WriteAnswer<null>>
}

export function createLegacyClient(transport: HttpTransport): LegacyClient {
  const askSelf = async (scope: ReadScope) => transport({ ...LEGACY_PROBE, ...scope })

  /** Told that the keys are no good for something, one asks whether they are good for anything. */
  const areKeysAlive = async (scope: ReadScope): Promise<boolean> => askSelf(scope).then(provesCredentials, () => false)

  const write = async <Value>(
    request: Pick<HttpRequest, 'method' | 'path' | 'operation' | 'json'>,
    scope: ReadScope,
    read: (body: unknown) => Value,
  ): Promise<WriteAnswer<Value>> => {
    const response = await transport({ ...request, ...scope })
    if (isSuccess(response)) return { kind: 'done', value: read(response.body) }
    if (response.status === 401 && (isMissingRight(response.body) || (await areKeysAlive(scope)))) {
      return { kind: 'refused', reason: 'NOT_GRANTED', fields: [] }
    }
    return refusalOf('LEGACY', response, toOurNames(namedFields(response.body)))
  }

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

    async getSelf(scope) {
      const response = await askSelf(scope)
      if (!isSuccess(response)) throw statusError('LEGACY', response.status)
      return checkOwner(response.body).user
    },

    createUser: (json, scope) =>
      write({ method: 'POST', path: '/user', operation: 'POST /user', json }, scope, (body) => checkUser(body).user),

    putUser: (userId, json, scope) => {
      const path = `/user/${encodeURIComponent(userId)}`
      return write({ method: 'PUT', path, operation: 'PUT /user/{user_id}', json }, scope, () => null)
    },

    deleteUser: (userId, scope) => {
      const path = `/user/${encodeURIComponent(userId)}`
      return write({ method: 'DELETE', path, operation: 'DELETE /user/{user_id}' }, scope, () => null)
    },
  }
}
