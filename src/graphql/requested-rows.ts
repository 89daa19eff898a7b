import { DEFAULT_AUDIT_LIMIT, MAX_AUDIT_LIMIT } from '../identity/audit.ts'
import { valueFromASTUntyped, type FieldNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql'

export type Variables = Readonly<Record<string, unknown>>
type FieldsOf = (selectionSet: SelectionSetNode) => readonly FieldNode[]

/** Of a page that does not say how long it is to be. */
const DEFAULT_PAGE = 25
/** Other sizes are refused by their own argument, and nothing is read for them. */
const MAX_PAGE = 500

/**
 * What an audit counts for beside its rows: the search keeps a worker busy for the better part of a second, and all audits share
 * one. So an operation can hold three of them.
 */
const AUDIT_ROWS = 3_000

/** How many rows a list has for each row of the list that it is in; 2 is what the schema's `@listSize` assumes of holders. */
export const ROWS_PER_ROW: Readonly<Record<string, number>> = {
  nodes: 1,
  edges: 1,
  identities: 2,
  // Of a change.
  identity: 1,
  orphans: 1,
  withoutEmail: 1,
  inSeveralSources: 1,
}

/**
 * How many rows an operation can ask for over all its lists, as far as that can be told beforehand. Each costs time in
 * which nobody else is served, about 35 microseconds, and holders within holders multiply them.
 */
export function measureRows(operation: OperationDefinitionNode, fieldsOf: FieldsOf): (variables: Variables) => number {
  const factors = fieldsOf(operation.selectionSet).map((root) => ({ root, factor: rowsBelow(root, fieldsOf) }))
  const sizeOf = rootSizes(operation)
  const audits = factors.filter(({ root }) => root.name.value === 'identityAudit').length
  return (variables) =>
    factors.reduce((sum, { root, factor }) => sum + factor * sizeOf(root, variables), audits * AUDIT_ROWS)
}

/** How many rows a root field gives at most: those of its page, the entities that are asked for, or one. */
export function rootSizes(operation: OperationDefinitionNode): (root: FieldNode, given: Variables) => number {
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue && valueFromASTUntyped(defaultValue),
    ]),
  )
  return (root, given) => pageSize(root, { ...defaults, ...given })
}

function rowsBelow({ selectionSet }: FieldNode, fieldsOf: FieldsOf): number {
  if (!selectionSet) return 0
  return fieldsOf(selectionSet).reduce((sum, field) => {
    const rows = ROWS_PER_ROW[field.name.value]
    const below = rowsBelow(field, fieldsOf)
    return sum + (rows === undefined ? below : rows * (1 + below))
  }, 0)
}

function pageSize(root: FieldNode, variables: Variables): number {
  const argument = (name: string): unknown => {
    const value = root.arguments?.find((each) => each.name.value === name)?.value
    return value && valueFromASTUntyped(value, variables)
  }
  switch (root.name.value) {
    case 'identities':
    case 'identityChanges': {
      const size = Number(argument('first') ?? argument('last') ?? DEFAULT_PAGE)
      // A negative one would make room for other lists.
      return size > 0 && size <= MAX_PAGE ? size : 0
    }
    case 'identityAudit': {
      const input = argument('input')
      const { limit } = (input ?? {}) as { readonly limit?: unknown }
      const size = Number(limit ?? DEFAULT_AUDIT_LIMIT)
      return size > 0 && size <= MAX_AUDIT_LIMIT ? size : 0
    }
    case '_entities': {
      const representations = argument('representations')
      return Array.isArray(representations) ? representations.length : 1
    }
    default:
      return 1
  }
}
