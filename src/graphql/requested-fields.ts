import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from 'graphql'
import { CARRIED_FIELDS, type CarriedField } from '../identity/identity.ts'
import type { Caller } from './caller.ts'
import { refusalsOf, type Refusals } from './scopes.ts'

/** What a field of the schema is made of, where it is not the field of the same name. */
const MADE_OF: Readonly<Record<string, readonly CarriedField[]>> = {
  displayName: ['firstName', 'lastName'],
  holder: ['email'],
}

const madeOf = (name: string): readonly string[] => MADE_OF[name] ?? [name]

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

/** Documents are parsed once and kept, so what one asks for is found out once for all callers who are refused the same. */
const answers = new WeakMap<FieldNode, WeakMap<Refusals, readonly CarriedField[]>>()

/**
 * Which fields of an identity are asked for right below the field that is being resolved. Fragments on other types and
 * switched-off fields count as well: this only helps to plan, and too many make a plan dearer at worst. What the caller
 * is refused does not count, so that nobody is called for it.
 */
export function requestedFields(
  { fieldNodes, fragments, schema }: GraphQLResolveInfo,
  caller: Caller,
): readonly CarriedField[] {
  const refusals = refusalsOf(schema, caller)
  const [node, ...others] = fieldNodes
  // A field that is written several times may be so in one operation and not in the other.
  if (!node || others.length > 0) return collectFields(fieldNodes, fragments, refusals)
  const ofNode = answers.get(node) ?? new WeakMap<Refusals, readonly CarriedField[]>()
  const known = ofNode.get(refusals)
  if (known) return known
  const fields = collectFields(fieldNodes, fragments, refusals)
  answers.set(node, ofNode.set(refusals, fields))
  return fields
}

function collectFields(
  fieldNodes: readonly FieldNode[],
  fragments: Fragments,
  refusals: Refusals,
): readonly CarriedField[] {
  const names = requestedNames({ fieldNodes, fragments })
  const needed = new Set([...names].filter((name) => !refusals.has(`Identity.${name}`)).flatMap(madeOf))
  return CARRIED_FIELDS.filter((field) => needed.has(field))
}

/** The names of the fields right below the field that is being resolved; see `requestedFields` for what counts too many. */
export function requestedNames({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): ReadonlySet<string> {
  const names = new Set<string>()
  const visited = new Set<string>()
  for (const { selectionSet } of fieldNodes) if (selectionSet) collectNames(selectionSet, fragments, names, visited)
  return names
}

/** Goes into each fragment once: they may unfold to far more than the document is long. */
function collectNames(
  { selections }: SelectionSetNode,
  fragments: Fragments,
  names: Set<string>,
  visited: Set<string>,
): void {
  for (const node of selections) {
    if (node.kind === Kind.FIELD) {
      names.add(node.name.value)
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      collectNames(node.selectionSet, fragments, names, visited)
    } else if (!visited.has(node.name.value)) {
      visited.add(node.name.value)
      const fragment = fragments[node.name.value]
      if (fragment) collectNames(fragment.selectionSet, fragments, names, visited)
    }
  }
}
