import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import { badInput } from '../errors.ts'
import type { Context } from './context.ts'
import { attempt, type Representation, type ResolveReferences } from './references.ts'
import { refusalsOf } from './scopes.ts'

type ResolveEntities = GraphQLFieldResolver<unknown, Context, { readonly representations: readonly unknown[] }>

/**
 * Resolves representations type by type, all of one type at once, and lets each spoil only itself, be it of a type that is
 * not resolved here, or one that the caller may not see. The resolver of @apollo/subgraph throws for the whole `_entities`
 * field there, and takes down every other entity of the request with it. It also waits for each once more, to set
 * `__typename`, which all that is resolved here has.
 */
export function resolveEntities(
  schema: GraphQLSchema,
  references: Readonly<Record<string, ResolveReferences>>,
): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities']
  if (!field) throw new Error('The schema has no entities')

  const resolve: ResolveEntities = (_parent, { representations }, context, info) => {
    const refusals = refusalsOf(schema, context.caller)
    const answers = Array.from<unknown>({ length: representations.length })
    const byType = Map.groupBy(representations.entries(), ([, representation]) => typenameOf(representation))
    for (const [typename, entries] of byType) {
      const resolveReferences = Object.hasOwn(references, typename) ? references[typename] : undefined
      const ofType = entries.map(([, representation]) => representation as Representation)
      // GraphQL takes an Error in a list for the failure of that item.
      const resolved = resolveReferences
        ? (refusals.get(typename) ?? attempt(() => resolveReferences(ofType, context, info)))
        : badInput('No entity of this __typename is resolved here.')
      for (const [at, [place]] of entries.entries()) {
        answers[place] = resolved instanceof Error ? resolved : resolved[at]
      }
    }
    return answers
  }
  field.resolve = resolve as GraphQLFieldResolver<unknown, Context>
  return schema
}

function typenameOf(representation: unknown): string {
  const isObject = typeof representation === 'object' && representation !== null && '__typename' in representation
  return isObject && typeof representation.__typename === 'string' ? representation.__typename : ''
}
