import {
  getNamedType,
  isObjectType,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'

/** What one `@requiresScopes` says: any of the lists is enough, and of a list every scope is needed. */
export type Requirement = readonly (readonly string[])[]

/** All that must be met, by coordinate: `Identity.email` for a field, `Identity` for what `_entities` gives. */
export type RequiredScopes = ReadonlyMap<string, readonly Requirement[]>

/**
 * Reads from the schema's directives who may see what. A field needs what stands on it and on the type that it gives, as
 * in a router. `_entities` goes past the fields of Query, so it gives an entity to whoever may ask for one by a query.
 */
export function readRequiredScopes(schema: GraphQLSchema): RequiredScopes {
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {})
  const required = new Map<string, readonly Requirement[]>()
  const add = (coordinate: string, ...requirements: readonly (Requirement | undefined)[]): void => {
    const given = requirements.filter((each) => each !== undefined)
    if (given.length > 0) required.set(coordinate, given)
  }
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    add(type.name, requirementOf(type), ofItsQueries(type, queries))
    for (const field of Object.values(type.getFields())) {
      const given = getNamedType(field.type)
      add(`${type.name}.${field.name}`, requirementOf(field), isObjectType(given) ? requirementOf(given) : undefined)
    }
  }
  return required
}

/** Undefined where no query gives the type, or one gives it to everybody. */
function ofItsQueries(
  type: GraphQLObjectType,
  queries: readonly GraphQLField<unknown, unknown>[],
): Requirement | undefined {
  const own = queries.filter((field) => getNamedType(field.type) === type).map(requirementOf)
  const isOpen = own.length === 0 || own.includes(undefined)
  return isOpen ? undefined : own.flatMap((requirement) => requirement ?? [])
}

interface Element {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
}

function requirementOf({ astNode }: Element): Requirement | undefined {
  const use = astNode?.directives?.find(({ name }) => name.value === 'requiresScopes')
  const lists = use?.arguments?.find(({ name }) => name.value === 'scopes')
  return lists && (valueFromASTUntyped(lists.value) as Requirement)
}
