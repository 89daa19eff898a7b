import type { Resolvers } from './generated.ts'
import { identityChangeResolvers } from './resolvers/identity-change.ts'
import { identityHolderResolvers } from './resolvers/identity-holder.ts'
import { identityResolvers } from './resolvers/identity.ts'
import { mutationResolvers } from './resolvers/mutation.ts'
import { queryResolvers } from './resolvers/query.ts'
import { DateTime, EmailAddress } from './scalars.ts'

/** Types that are not here are flat objects of the domain, which the default resolvers read. */
export const resolvers: Resolvers = {
  DateTime,
  EmailAddress,
  Identity: identityResolvers,
  IdentityChange: identityChangeResolvers,
  IdentityHolder: identityHolderResolvers,
  Mutation: mutationResolvers,
  Query: queryResolvers,
}
