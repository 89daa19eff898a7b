import { requireEmail } from '../../identity/email.ts'
import { accountKey, parseIdentityId } from '../../identity/identity-id.ts'
import type { QueryResolvers } from '../generated.ts'
import { permitArguments } from '../pii-arguments.ts'
import { requestedFields, requestedNames } from '../requested-fields.ts'

export const queryResolvers: QueryResolvers = {
  identity: async (_parent, { id }, { directory, caller }, info) =>
    directory.identity(parseIdentityId(id), requestedFields(info, caller)),
  identityBySource: async (_parent, { source, sourceId }, { directory, caller }, info) =>
    directory.identity(accountKey(source, sourceId), requestedFields(info, caller)),
  identities: async (_parent, args, { directory, caller }) => directory.identities(permitArguments(args, caller)),
  identityHolder: async (_parent, { email }, { directory }) => directory.holder(requireEmail(email)),
  identityChanges: async (_parent, args, { directory }) => directory.changes(args),
  identityAudit: async (_parent, { input }, { directory }, info) => directory.audit(input, requestedNames(info)),
  identitySources: (_parent, _args, { directory }) => directory.sourceStates(),
}
