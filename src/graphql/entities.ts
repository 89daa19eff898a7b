import { isUnionType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { badInput } from '../errors.ts'

/**
 * Lets a representation of a type that this subgraph does not resolve spoil only itself. @apollo/subgraph throws for the
 * whole `_entities` field there, and takes down every other entity of the request with it.
 */
export function isolateUnknownTypes(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities']
  const union = schema.getType('_Entity')
  const resolveKnown = field?.resolve
  if (!field || !resolveKnown || !isUnionType(union)) throw new Error('The schema has no entities')
  const known = new Set(union.getTypes().map((type) => type.name))

  const resolve: GraphQLFieldResolver<unknown, unknown, { representations: readonly unknown[] }> = (
    parent,
    { representations },
    context,
    info,
  ) => {
    const resolvable = representations.filter((representation) => known.has(typenameOf(representation)))
    const entities = resolveKnown(parent, { representations: resolvable }, context, info) as unknown[]
    // GraphQL takes an Error in a list for the failure of that item.
    return representations.map((representation) =>
      known.has(typenameOf(representation))
        ? entities.shift()
        : badInput('No entity of this __typename is resolved here.'),
    )
  }
  field.resolve = resolve
  return schema
}

function typenameOf(representation: unknown): string {
  const isObject = typeof representation === 'object' && representation !== null && '__typename' in representation
  return isObject && typeof representation.__typename === 'string' ? representation.__typename : ''
}
