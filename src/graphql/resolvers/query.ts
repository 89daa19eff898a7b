import { requireEmail } from '../../identity/email.ts'
import { accountKey, parseIdentityId } from '../../identity/identity-id.ts'
import type { QueryResolvers } from '../generated.ts'
import { requestedFields } from '../requested-fields.ts'

export const queryResolvers: QueryResolvers = {
  identity: async (_parent, { id }, { directory }, info) =>
    directory.identity(parseIdentityId(id), requestedFields(info)),
  identityBySource: async (_parent, { source, sourceId }, { directory }, info) =>
    directory.identity(accountKey(source, sourceId), requestedFields(info)),
  identities: async (_parent, args, { directory }) => directory.identities(args),
  identityHolder: async (_parent, { email }, { directory }) => directory.holder(requireEmail(email)),
  identitySources: (_parent, _args, { directory }) => directory.sourceStates(),
}
