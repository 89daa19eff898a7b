import { pageOf, QUERIES, EVERYBODY } from '../queries.ts'

/** What the baselines that hold everything in memory find their answers in. No answer is made before it is asked for. */
const pages = new Map(
  Array.from({ length: pageCount() }, (_, index) => {
    const page = pageOf(index)
    return [index === 0 ? null : pageOf(index - 1).pageInfo.endCursor, page] as const
  }),
)
const byId = new Map(EVERYBODY.map((person) => [person.id, person]))
const byEmail = Map.groupBy(
  EVERYBODY.filter((person) => person.email !== null),
  (person) => person.email?.toLowerCase(),
)

function pageCount(): number {
  return QUERIES.find((query) => query.name === 'page')?.count ?? 0
}

export const memory = {
  page: (after: string | null | undefined) => pages.get(after ?? null),
  identity: (id: string) => byId.get(id),
  holder: (email: string) => ({ __typename: 'IdentityHolder', email, identities: byEmail.get(email) ?? [] }),
}

/** The resolvers of a subgraph that does no more than hand out objects: the fields are left to the default resolvers. */
export const memoryResolvers = {
  Query: {
    identity: (_parent: unknown, { id }: { id: string }) => memory.identity(id),
    identities: (_parent: unknown, { after }: { after?: string | null }) => memory.page(after),
    identityHolder: (_parent: unknown, { email }: { email: string }) => memory.holder(email),
  },
  Identity: {
    __resolveReference: ({ id }: { id: string }) => memory.identity(id),
  },
}
