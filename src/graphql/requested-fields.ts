import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from 'graphql'
import { CARRIED_FIELDS, type CarriedField } from '../identity/identity.ts'
import type { Caller } from './caller.ts'
import { refusalsOf } from './scopes.ts'

/** What a field of the schema is made of, where it is not the field of the same name. */
const MADE_OF: Readonly<Record<string, readonly CarriedField[]>> = {
  displayName: ['firstName', 'lastName'],
  holder: ['email'],
}

const madeOf = (name: string): readonly string[] => MADE_OF[name] ?? [name]

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

/**
 * A thousand references of one request ask the same question. GraphQL gives them all the same array of nodes, made for
 * the request, and so for one caller.
 */
const answers = new WeakMap<readonly FieldNode[], readonly CarriedField[]>()

/**
 * Which fields of an identity are asked for right below the field that is being resolved. Fragments on other types and
 * switched-off fields count as well: this only helps to plan, and too many make a plan dearer at worst. What the caller
 * is refused does not count, so that nobody is called for it.
 */
export function requestedFields(info: GraphQLResolveInfo, caller: Caller): readonly CarriedField[] {
  const { fieldNodes, schema } = info
  const known = answers.get(fieldNodes)
  if (known) return known
  const refusals = refusalsOf(schema, caller)
  const needed = new Set([...requestedNames(info)].filter((name) => !refusals.has(`Identity.${name}`)).flatMap(madeOf))
  const fields = CARRIED_FIELDS.filter((field) => needed.has(field))
  answers.set(fieldNodes, fields)
  return fields
}

/** The names of the fields right below the field that is being resolved; see `requestedFields` for what counts too many. */
export function requestedNames({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
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
