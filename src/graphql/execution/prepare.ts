import {
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
// Of graphql-js itself: which fields a selection has is not to be decided in two ways.
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import type { PreparedField, PreparedOperation, Shape } from './prepared-field.ts'

/**
 * Finds out what a query that was validated will ask of which type, once for all its runs with the same conditions. Undefined
 * for what is left to graphql-js: introspection, types that look at their values, and what unfolds to too much.
 */
export function prepare(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Conditions,
): PreparedOperation | undefined {
  const root = schema.getQueryType()
  if (!root) return undefined
  const fragments = Object.fromEntries(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  )
  try {
    const within = { schema, fragments, conditions, count: { fields: 0 } }
    const fields = prepareFields(
      within,
      root,
      collectFields(schema, fragments, conditions, root, operation.selectionSet),
    )
    return { schema, operation, fragments, fields, size: within.count.fields }
  } catch (error) {
    if (error instanceof NotPrepared) return undefined
    throw error
  }
}

class NotPrepared extends Error {}

/** Fragments may unfold to far more than the document is long, and what is prepared is kept. */
const MAX_FIELDS = 500

/** The values of the variables that `skip` and `include` go by. */
export type Conditions = Readonly<Record<string, boolean>>

interface Within {
  readonly conditions: Conditions
  readonly count: { fields: number }
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
}

function prepareFields(
  within: Within,
  parentType: GraphQLObjectType,
  selected: ReadonlyMap<string, readonly FieldNode[]>,
): PreparedField[] {
  if (parentType.isTypeOf) throw new NotPrepared()
  return [...selected].map(([key, nodes], index): PreparedField => {
    const definition = definitionOf(parentType, nodes)
    within.count.fields++
    if (!definition || within.count.fields > MAX_FIELDS) throw new NotPrepared()
    return {
      key,
      prefix: `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`,
      parentType,
      definition,
      nodes: nodes as PreparedField['nodes'],
      shape: shapeOf(within, definition.type, nodes),
    }
  })
}

function definitionOf(type: GraphQLObjectType, [node]: readonly FieldNode[]): PreparedField['definition'] | undefined {
  if (node?.name.value !== TypeNameMetaFieldDef.name) return node && type.getFields()[node.name.value]
  return { ...TypeNameMetaFieldDef, resolve: () => type.name }
}

function shapeOf(within: Within, type: GraphQLOutputType, nodes: readonly FieldNode[]): Shape {
  if (isNonNullType(type)) return { kind: 'nonNull', of: shapeOf(within, type.ofType, nodes) }
  if (isListType(type)) return { kind: 'list', of: shapeOf(within, type.ofType, nodes) }
  if (isLeafType(type)) return { kind: 'leaf', type }
  const { schema, fragments, conditions } = within
  const fieldsOf = (runtime: GraphQLObjectType): PreparedField[] =>
    prepareFields(within, runtime, collectSubfields(schema, fragments, conditions, runtime, nodes))
  if (isObjectType(type)) return { kind: 'object', fields: fieldsOf(type) }
  const { resolveType } = type
  if (!resolveType) throw new NotPrepared()
  const possible = schema.getPossibleTypes(type)
  return {
    kind: 'abstract',
    typeOf: (value, context, info) => resolveType(value, context, info, type) as string,
    fieldsOf: new Map(possible.map((each) => [each.name, fieldsOf(each)])),
  }
}
