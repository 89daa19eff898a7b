import { isUnionType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { badInput, type PublicError } from '../errors.ts'
import type { Context } from './context.ts'
import { refusalsOf } from './scopes.ts'

/**
 * Lets a representation spoil only itself where its type is one that this subgraph does not resolve, or that the caller
 * may not see. @apollo/subgraph throws for the whole `_entities` field there, and takes down every other entity of the
 * request with it.
 */
export function isolateRepresentations(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities']
  const union = schema.getType('_Entity')
  const resolveKnown = field?.resolve
  if (!field || !resolveKnown || !isUnionType(union)) throw new Error('The schema has no entities')
  const known = new Set(union.getTypes().map((type) => type.name))

  const resolve: GraphQLFieldResolver<unknown, Context, { representations: readonly unknown[] }> = (
    parent,
    { representations },
    context,
    info,
  ) => {
    const refusals = refusalsOf(schema, context.caller)
    const faultOf = (representation: unknown): PublicError | undefined => {
      const typename = typenameOf(representation)
      return known.has(typename) ? refusals.get(typename) : badInput('No entity of this __typename is resolved here.')
    }
    const faults = representations.map(faultOf)
    const resolvable = representations.filter((_representation, index) => !faults[index])
    const entities = resolveKnown(parent, { representations: resolvable }, context, info) as unknown[]
    // GraphQL takes an Error in a list for the failure of that item.
    return faults.map((fault) => fault ?? entities.shift())
  }
  field.resolve = resolve
  return schema
}

function typenameOf(representation: unknown): string {
  const isObject = typeof representation === 'object' && representation !== null && '__typename' in representation
  return isObject && typeof representation.__typename === 'string' ? representation.__typename : ''
}
