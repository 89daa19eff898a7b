import type { IdentityChangeResolvers } from '../generated.ts'
import { requestedFields } from '../requested-fields.ts'

export const identityChangeResolvers: IdentityChangeResolvers = {
  identity: async (change, _args, { directory, caller }, info) =>
    change.kind === 'GONE' ? null : directory.identity(change, requestedFields(info, caller)),
}
