import { upstreamError } from '../../errors.ts'
import type { OffsetAccountSource } from '../../identity/account-source.ts'
import type { LegacyClient } from './client.ts'
import { toIdentity } from './mapper.ts'

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
      const identity = toIdentity(user, now())
      // Somebody else's record must never pass for the one that was asked for.
      if (identity.sourceId !== sourceId) {
        throw upstreamError('UPSTREAM_INVALID_RESPONSE', 'LEGACY', 'another user than the one asked for')
      }
      return identity
    },
  }
}
