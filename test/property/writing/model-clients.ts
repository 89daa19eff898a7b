import type { WriteAnswer } from '../../../src/identity/writes/account-writer.ts'
import type { LegacyClient } from '../../../src/sources/legacy/client.ts'
import type { LegacyUserResponse } from '../../../src/sources/legacy/wire.ts'
import type { SitePartnerClient } from '../../../src/sources/site-partner/client.ts'
import type { SitePartnerUserResponse } from '../../../src/sources/site-partner/wire.ts'
import { type ModelUpstream, type Row } from './model-upstream.ts'

export interface Dialect {
  /** Whether an address can be in the list once only. */
  readonly unique: boolean
  /** Where new rows stand. */
  readonly newest: 'last' | 'first'
}

export const OWNER = 'u0'

const refuse = <Value>(reason: 'NOT_GRANTED' | 'REJECTED'): WriteAnswer<Value> => ({
  kind: 'refused',
  reason,
  fields: [],
})
const refused = (reason: 'NOT_FOUND' | 'REJECTED') => ({ kind: 'refused', reason, fields: [] }) as const
const same = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase()

/** PUT replaces the record: what it is not sent is reset. POST takes four fields. */
export function legacyClient(upstream: ModelUpstream, { unique, newest }: Dialect): LegacyClient {
  const isTaken = (email: unknown, id?: string): boolean =>
    unique && [...upstream.rows.values()].some((row) => row['user_id'] !== id && same(row['email'], email))
  const answer = (row: Row) => row as unknown as LegacyUserResponse
  return {
    listUsers: ({ page, size }, scope) =>
      upstream.call('list', 'GET /user', scope, (call) => {
        const rows = newest === 'last' ? upstream.listed(call) : upstream.listed(call).toReversed()
        return rows.slice((page - 1) * size, page * size).map(answer)
      }),
    getUser: (id, scope) =>
      upstream.call('read', 'GET /user/{user_id}', scope, (call) => {
        call.row = upstream.rows.get(id) ?? null
        return call.row && answer(call.row)
      }),
    getSelf: (scope) => upstream.call('read', 'GET /user/self', scope, () => ({ user_id: OWNER })),
    createUser: (json, scope) =>
      upstream.call<WriteAnswer<LegacyUserResponse>>(
        'write',
        'POST',
        scope,
        (call, isLate) => {
          const body = json as Row
          if (isTaken(body['email'])) return refused('REJECTED')
          const { password: _password, ...given } = body
          const user_id = `u${upstream.serial}x`
          const times = { created_at: upstream.time, updated_at: upstream.time }
          call.row = { user_id, ...DEFAULTS, ...given, ...times }
          upstream.commit(call.mutation, user_id, call.row, isLate)
          return { kind: 'done', value: answer(call.row) }
        },
        refuse,
      ),
    putUser: (id, json, scope) =>
      upstream.call<WriteAnswer<null>>(
        'write',
        'PUT',
        scope,
        (call, isLate) => {
          const body = json as Row
          const before = upstream.rows.get(id)
          if (!before) return refused('NOT_FOUND')
          if (isTaken(body['email'], id)) return refused('REJECTED')
          const { user_id, email, created_at } = before
          call.row = { user_id, email, created_at, ...DEFAULTS, ...body, updated_at: upstream.time }
          upstream.commit(call.mutation, id, call.row, isLate)
          return { kind: 'done', value: null }
        },
        refuse,
      ),
    deleteUser: (id, scope) =>
      upstream.call<WriteAnswer<null>>(
        'write',
        'DELETE',
        scope,
        (call, isLate) => {
          if (!upstream.rows.has(id)) return refused('NOT_FOUND')
          upstream.commit(call.mutation, id, null, isLate)
          return { kind: 'done', value: null }
        },
        refuse,
      ),
  }
}

const DEFAULTS: Row = {
  firstname: null,
  lastname: null,
  status: 'active',
  role: 'standard',
  timezone: null,
  locale: null,
}

/** PATCH takes changes alone; archiving takes the address away and has no way back. */
export function sitePartnerClient(upstream: ModelUpstream, { unique, newest }: Dialect): SitePartnerClient {
  const isTaken = (email: unknown, id?: string): boolean =>
    unique && [...upstream.rows.values()].some((row) => row['id'] !== id && same(row['email'], email))
  const answer = (row: Row) => row as unknown as SitePartnerUserResponse
  return {
    listUsers: ({ after, size }, scope) =>
      upstream.call('list', 'GET', scope, (call) => {
        const rows = newest === 'last' ? upstream.listed(call) : upstream.listed(call).toReversed()
        const start = after === null ? 0 : rows.findIndex((row) => row['id'] === after) + 1
        if (after !== null && start === 0) return null
        return { items: rows.slice(start, start + size).map(answer), hasMore: start + size < rows.length }
      }),
    createUser: (json, scope) =>
      upstream.call<WriteAnswer<SitePartnerUserResponse>>(
        'write',
        'POST',
        scope,
        (call, isLate) => {
          const { partner, ...given } = json as Row
          if (isTaken(given['email'])) return refused('REJECTED')
          const id = `p${upstream.serial}x`
          const times = { createdAt: upstream.time, updatedAt: upstream.time }
          const rest = { partner: { id: partner }, network: { id: 'n1' }, isArchived: false }
          call.row = { id, firstName: null, lastName: null, ...given, ...rest, ...times }
          upstream.commit(call.mutation, id, call.row, isLate)
          return { kind: 'done', value: answer(call.row) }
        },
        refuse,
      ),
    patchUser: (id, json, scope) =>
      upstream.call<WriteAnswer<SitePartnerUserResponse>>(
        'write',
        'PATCH',
        scope,
        (call, isLate) => {
          const before = upstream.rows.get(id)
          if (!before) return refused('NOT_FOUND')
          if (before['isArchived'] || isTaken((json as Row)['email'], id)) return refused('REJECTED')
          call.row = { ...before, ...json, updatedAt: upstream.time }
          upstream.commit(call.mutation, id, call.row, isLate)
          return { kind: 'done', value: answer(call.row) }
        },
        refuse,
      ),
    archiveUser: (id, scope) =>
      upstream.call<WriteAnswer<null>>(
        'write',
        'ARCHIVE',
        scope,
        (call, isLate) => {
          const before = upstream.rows.get(id)
          if (!before) return refused('NOT_FOUND')
          call.row = { ...before, email: null, isArchived: true, updatedAt: upstream.time }
          upstream.commit(call.mutation, id, call.row, isLate)
          return { kind: 'done', value: null }
        },
        refuse,
      ),
  }
}
