import { requireEmail } from '../../identity/email.ts'
import type { IdentityHolderResolvers } from '../generated.ts'

export const identityHolderResolvers: IdentityHolderResolvers = {
  // Whether anybody holds the address is found out by whoever asks for the identities.
  __resolveReference: async ({ email }) => ({ __typename: 'IdentityHolder', email: requireEmail(email) }),
  identities: ({ email }, _args, { directory }) => directory.identitiesOf(email),
}
