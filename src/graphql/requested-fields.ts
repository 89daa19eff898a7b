import { Kind, type FragmentDefinitionNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql'
import { CARRIED_FIELDS, type CarriedField } from '../identity/identity.ts'

/** What a field of the schema is made of, where it is not the field of the same name. */
const MADE_OF: Readonly<Record<string, readonly CarriedField[]>> = {
  displayName: ['firstName', 'lastName'],
  holder: ['email'],
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

/**
 * Which fields of an identity are asked for right below the field that is being resolved. Fragments on other types and
 * switched-off fields count as well: this only helps to plan, so too many do no harm.
 */
export function requestedFields({ fieldNodes, fragments }: GraphQLResolveInfo): CarriedField[] {
  const names = new Set(fieldNodes.flatMap((node) => (node.selectionSet ? namesIn(node.selectionSet, fragments) : [])))
  return CARRIED_FIELDS.filter((field) => names.has(field))
}

function namesIn(selectionSet: SelectionSetNode, fragments: Fragments): string[] {
  return selectionSet.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [...(MADE_OF[node.name.value] ?? [node.name.value])]
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value]
    return inner ? namesIn(inner.selectionSet, fragments) : []
  })
}
