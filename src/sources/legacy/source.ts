import { upstreamError } from '../../errors.ts'
import type { OffsetAccountSource } from '../../identity/account-source.ts'
import type { RecordWriter } from '../../identity/writes/account-writer.ts'
import type { LegacyClient } from './client.ts'
import { toCreateBody, toIdentity, toRecord, toRecordBody, toSourceId, toWireName } from './mapper.ts'
import type { LegacyUserResponse } from './wire.ts'

export function createLegacySource(client: LegacyClient, now: () => Date): OffsetAccountSource {
  return {
    source: 'LEGACY',
    paging: 'offset',

    async readPage(token, scope) {
      const users = await client.listUsers(token, scope)
      const asOf = now()
      return { rows: users.map((user) => toIdentity(user, asOf)) }
    },

    async readOne(sourceId, scope) {
      const user = await client.getUser(sourceId, scope)
      if (!user) return null
      return toIdentity(sameUser(user, sourceId), now())
    },
  }
}

export function createLegacyWriter(client: LegacyClient, now: () => Date): RecordWriter {
  return {
    readOwner: async (scope) => toSourceId((await client.getSelf(scope)).user_id),

    async readRecord(sourceId, scope) {
      const user = await client.getUser(sourceId, scope)
      return user && toRecord(sameUser(user, sourceId), now())
    },

    async create(account, scope) {
      const answer = await client.createUser(toCreateBody(account), scope)
      return answer.kind === 'done' ? { kind: 'done', value: toIdentity(answer.value, now()) } : answer
    },

    putRecord: async (sourceId, record, scope) => client.putUser(sourceId, toRecordBody(record), scope),
    remove: async (sourceId, scope) => client.deleteUser(sourceId, scope),
    nameOf: toWireName,
  }
}

/** Somebody else's record must never pass for the one that was asked for. */
function sameUser(user: LegacyUserResponse, sourceId: string): LegacyUserResponse {
  if (toSourceId(user.user_id) === sourceId) return user
  throw upstreamError('UPSTREAM_INVALID_RESPONSE', 'LEGACY', 'another user than the one asked for')
}
