import { upstreamError } from '../../errors.ts'
import type { CursorAccountSource } from '../../identity/account-source.ts'
import type { PatchWriter } from '../../identity/writes/account-writer.ts'
import type { SitePartnerClient } from './client.ts'
import { toIdentity } from './mapper.ts'

export function createSitePartnerSource(client: SitePartnerClient, now: () => Date): CursorAccountSource {
  return {
    source: 'SITE_PARTNER',
    paging: 'cursor',

    async readPage(token, scope) {
      const data = await client.listUsers(token, scope)
      if (!data) return null
      const asOf = now()
      return { rows: data.items.map((user) => toIdentity(user, asOf)), more: data.hasMore }
    },
  }
}

export function createSitePartnerWriter(client: SitePartnerClient, now: () => Date): PatchWriter {
  return {
    async create({ email, partnerId, firstName, lastName }, scope) {
      // Names that were not given are left out of JSON. The partner is a bare id here and an object in answers.
      const answer = await client.createUser({ email, partner: partnerId, firstName, lastName }, scope)
      return answer.kind === 'done' ? { kind: 'done', value: toIdentity(answer.value, now()) } : answer
    },

    async patch(sourceId, changes, scope) {
      const answer = await client.patchUser(sourceId, changes, scope)
      if (answer.kind !== 'done') return answer
      if (answer.value.id !== sourceId) {
        throw upstreamError('UPSTREAM_INVALID_RESPONSE', 'SITE_PARTNER', 'another user than the one that was changed')
      }
      return { kind: 'done', value: toIdentity(answer.value, now()) }
    },

    archive: async (sourceId, scope) => client.archiveUser(sourceId, scope),
  }
}
