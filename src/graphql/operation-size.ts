import {
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { measureRows } from './requested-rows.ts'

export interface OperationSize {
  /** Levels of fields; what asks for the schema itself does not count. */
  readonly depth: number
  /** Of the field that has the most aliases. */
  readonly aliases: number
  /** How often a field is written in one place, not counting aliases; that is for nothing but to keep us busy. */
  readonly repetitions: number
  /** How many entities are asked for, over all `_entities` fields. */
  representations(variables: Readonly<Record<string, unknown>>): number
  /** How many rows its lists can have altogether. */
  rows(variables: Readonly<Record<string, unknown>>): number
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** Measures an operation of a document that has been validated: its fragments exist and do not go round in circles. */
export function measureOperation(document: DocumentNode, operation: OperationDefinitionNode): OperationSize {
  const fragments: Fragments = new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const roots = fieldsOf(operation.selectionSet, fragments)
  const data = roots.filter((field) => !field.name.value.startsWith('__'))
  const aliases = new Map<string, number>()
  const batches = data
    .filter((field) => field.name.value === '_entities')
    .map((field) => representationsOf(field, operation))
  return {
    depth: measure(data, fragments, aliases),
    aliases: Math.max(0, ...aliases.values()),
    repetitions: countRepetitions(document),
    representations: (variables) => batches.reduce((sum, batch) => sum + batch(variables), 0),
    rows: measureRows(operation, (selectionSet) => fieldsOf(selectionSet, fragments)),
  }
}

/** The fields right below a selection set, those of its fragments among them. */
function fieldsOf(selectionSet: SelectionSetNode, fragments: Fragments): FieldNode[] {
  return selectionSet.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node]
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)
    return inner ? fieldsOf(inner.selectionSet, fragments) : []
  })
}

/** The levels of fields; counts the aliases of each field on the way. */
function measure(fields: readonly FieldNode[], fragments: Fragments, aliases: Map<string, number>): number {
  let deepest = 0
  for (const field of fields) {
    const name = field.name.value
    if (field.alias) aliases.set(name, (aliases.get(name) ?? 0) + 1)
    const below = field.selectionSet ? measure(fieldsOf(field.selectionSet, fragments), fragments, aliases) : 0
    deepest = Math.max(deepest, 1 + below)
  }
  return deepest
}

function countRepetitions(document: DocumentNode): number {
  let most = 0
  visit(document, {
    SelectionSet({ selections }) {
      const counts = new Map<string, number>()
      for (const node of selections) {
        if (node.kind !== Kind.FIELD || node.alias) continue
        const count = (counts.get(node.name.value) ?? 0) + 1
        counts.set(node.name.value, count)
        most = Math.max(most, count)
      }
    },
  })
  return most
}

function representationsOf(
  field: FieldNode,
  operation: OperationDefinitionNode,
): (variables: Readonly<Record<string, unknown>>) => number {
  const value = field.arguments?.find((argument) => argument.name.value === 'representations')?.value
  if (value?.kind !== Kind.VARIABLE) return () => literalLength(value)
  const name = value.name.value
  const definition = operation.variableDefinitions?.find((each) => each.variable.name.value === name)
  const fallback = literalLength(definition?.defaultValue)
  return (variables) => {
    const given = variables[name]
    if (given === undefined) return fallback
    return Array.isArray(given) ? given.length : 1
  }
}

/** GraphQL takes a single value for a list of one. */
function literalLength(value: ValueNode | undefined): number {
  return value?.kind === Kind.LIST ? value.values.length : 1
}
