import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLSchema } from 'graphql'
import { gql } from 'graphql-tag'
import { resolveEntities } from './entities.ts'
import { references } from './references.ts'
import { resolvers } from './resolvers.ts'
import { enforceScopes } from './scopes.ts'

const SDL_FILE = new URL('../../schema/identity.graphql', import.meta.url)

/** The subgraph's SDL as it is written, which is what composition takes. */
export function readSdl(): string {
  return readFileSync(SDL_FILE, 'utf8')
}

export function createSchema(): GraphQLSchema {
  // An array: in 2.15 a single module, as in the library's own documents, throws.
  const schema = buildSubgraphSchema([{ typeDefs: gql(readSdl()), resolvers: { ...resolvers } }])
  return enforceScopes(resolveEntities(schema, references))
}
