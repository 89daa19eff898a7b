import { upstreamError } from '../../errors.ts'
import type { OffsetAccountSource } from '../../identity/account-source.ts'
import type { LegacyClient } from './client.ts'
import { toIdentity } from './mapper.ts'

export function createLegacySource(client: LegacyClient, now: () => Date): OffsetAccountSource {
  return {
    source: 'LEGACY',
    paging: 'offset',

    async readPage(token, signal) {
      const users = await client.listUsers(token, signal)
      const asOf = now()
      return { rows: users.map((user) => toIdentity(user, asOf)) }
    },

    async readOne(sourceId, signal) {
      const user = await client.getUser(sourceId, signal)
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
