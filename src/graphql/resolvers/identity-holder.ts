import type { IdentityHolderResolvers } from '../generated.ts'

export const identityHolderResolvers: IdentityHolderResolvers = {
  identities: ({ email }, _args, { directory }) => directory.identitiesOf(email),
}
