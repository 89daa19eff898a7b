import { requireEmail } from '../../identity/email.ts'
import { accountKey, parseIdentityId } from '../../identity/identity-id.ts'
import type { QueryResolvers } from '../generated.ts'

export const queryResolvers: QueryResolvers = {
  identity: async (_parent, { id }, { directory }) => directory.identity(parseIdentityId(id)),
  identityBySource: async (_parent, { source, sourceId }, { directory }) =>
    directory.identity(accountKey(source, sourceId)),
  identities: async (_parent, args, { directory }) => directory.identities(args),
  identityHolder: async (_parent, { email }, { directory }) => directory.holder(requireEmail(email)),
  identitySources: (_parent, _args, { directory }) => directory.sourceStates(),
}
