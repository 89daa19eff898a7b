import type { GraphQLResolveInfo } from 'graphql'
import { requireEmail } from '../identity/email.ts'
import { parseIdentityId, type AccountKey } from '../identity/identity-id.ts'
import type { Context } from './context.ts'
import { requestedFields } from './requested-fields.ts'

/** What a router sends to name an entity; nothing but its type has been looked at. */
export type Representation = Readonly<Record<string, unknown>>

/**
 * Resolves all of one type's representations in a request. For each, in order: the entity, null, an Error, or a promise where
 * something has to be fetched. A promise for each of many that need none would cost more than to look them up.
 */
export type ResolveReferences = (
  representations: readonly Representation[],
  context: Context,
  info: GraphQLResolveInfo,
) => readonly unknown[]

/** In place of `__resolveReference`, which @apollo/subgraph calls for one at a time. */
export const references: Readonly<Record<string, ResolveReferences>> = {
  Identity(representations, { directory, caller }, info) {
    const keys = representations.map(({ id }) => attempt(() => parseIdentityId(id)))
    const good = keys.filter((key): key is AccountKey => !(key instanceof Error))
    const found = directory.identitiesByKey(good, requestedFields(info, caller)).values()
    return keys.map((key) => (key instanceof Error ? key : found.next().value))
  },
  // Whether anybody holds the address is found out by whoever asks for the identities.
  IdentityHolder: (representations) =>
    representations.map(({ email }) =>
      attempt(() => ({ __typename: 'IdentityHolder' as const, email: requireEmail(email) })),
    ),
}

/** What is wrong with one representation is that one's answer: a throw would be that of all. */
export function attempt<Value>(run: () => Value): Value | Error {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}
