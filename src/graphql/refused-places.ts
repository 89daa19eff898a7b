import {
  getNamedType,
  isObjectType,
  Kind,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { rootSizes, ROWS_PER_ROW, type Variables } from './requested-rows.ts'
import type { Refusals } from './scopes.ts'

/**
 * At how many places of its answer an operation would be refused something, at most. Each has an error of its own, which
 * costs about 60 microseconds in which nobody else is served, so a refused field in long lists is a lot of work for nothing.
 */
export function countRefusedPlaces(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  refusals: Refusals,
  variables: Variables,
): number {
  const sizeOf = rootSizes(operation)

  const count = (type: GraphQLNamedType | undefined, { selections }: SelectionSetNode, isRoot = false): number =>
    selections.reduce((sum, node) => {
      if (node.kind === Kind.FIELD) {
        const name = node.name.value
        if (refusals.has(`${type?.name}.${name}`)) return sum + 1
        const field = isObjectType(type) ? type.getFields()[name] : undefined
        if (!field || !node.selectionSet) return sum
        const rows = isRoot ? sizeOf(node, variables) : (ROWS_PER_ROW[name] ?? 1)
        return sum + rows * count(getNamedType(field.type), node.selectionSet)
      }
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node : findFragment(document, node.name.value)
      if (!inner) return sum
      const given = inner.typeCondition ? schema.getType(inner.typeCondition.name.value) : type
      // `_entities` is refused as a whole entity, and then nothing below it is looked at.
      if (given !== type && refusals.has(given?.name ?? '')) return sum + 1
      return sum + count(given, inner.selectionSet, isRoot)
    }, 0)

  return count(schema.getRootType(operation.operation) ?? undefined, operation.selectionSet, true)
}

function findFragment({ definitions }: DocumentNode, name: string) {
  return definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name) as
    | Extract<DocumentNode['definitions'][number], { kind: typeof Kind.FRAGMENT_DEFINITION }>
    | undefined
}
