import {
  isUnionType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql'
import { badInput } from '../errors.ts'
import type { Context } from './context.ts'
import { refusalsOf } from './scopes.ts'

/** @apollo/subgraph keeps a type's `__resolveReference` here. */
interface SubgraphExtensions {
  readonly apollo?: { readonly subgraph?: { readonly resolveReference?: ResolveReference } }
}

type ResolveReference = (representation: unknown, context: Context, info: GraphQLResolveInfo) => unknown

/**
 * Lets a representation spoil only itself where its type is one that this subgraph does not resolve, or that the caller
 * may not see. The resolver of @apollo/subgraph throws for the whole `_entities` field there, and takes down every other
 * entity of the request with it. It also waits for each once more, to set `__typename`, which all that is resolved here has.
 */
export function isolateRepresentations(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities']
  const union = schema.getType('_Entity')
  if (!field || !isUnionType(union)) throw new Error('The schema has no entities')
  const references = new Map(union.getTypes().map((type) => [type.name, referenceResolver(type)] as const))

  const resolve: GraphQLFieldResolver<unknown, Context, { representations: readonly unknown[] }> = (
    _parent,
    { representations },
    context,
    info,
  ) => {
    const refusals = refusalsOf(schema, context.caller)
    return representations.map((representation) => {
      const typename = typenameOf(representation)
      const resolveReference = references.get(typename)
      // GraphQL takes an Error in a list for the failure of that item.
      if (!resolveReference) return badInput('No entity of this __typename is resolved here.')
      return refusals.get(typename) ?? resolveReference(representation, context, info)
    })
  }
  field.resolve = resolve
  return schema
}

/** Undefined for the stubs of others' entities, which no router asks for here. */
function referenceResolver({ extensions }: GraphQLObjectType): ResolveReference | undefined {
  return (extensions as SubgraphExtensions).apollo?.subgraph?.resolveReference
}

function typenameOf(representation: unknown): string {
  const isObject = typeof representation === 'object' && representation !== null && '__typename' in representation
  return isObject && typeof representation.__typename === 'string' ? representation.__typename : ''
}
