import {
  BREAK,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  visit,
  type DirectiveNode,
  type DocumentNode,
} from 'graphql'

/** Each doubles what may have to be prepared. */
const MAX_CONDITIONS = 3

/**
 * The variables that a document's `skip` and `include` go by. Undefined where it has so many that hardly two requests would
 * ask for the same, or any other directive.
 */
export function readConditions(document: DocumentNode): readonly string[] | undefined {
  const names = new Set<string>()
  let isKnown = true
  visit(document, {
    Directive(node) {
      const name = conditionOf(node)
      if (name) names.add(name)
      isKnown &&= name !== undefined && names.size <= MAX_CONDITIONS
      return isKnown ? undefined : BREAK
    },
  })
  return isKnown ? [...names] : undefined
}

/** Null: it is always the same. */
function conditionOf({ name, arguments: given = [] }: DirectiveNode): string | null | undefined {
  if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name) return undefined
  const value = given[0]?.value
  return value?.kind === Kind.VARIABLE ? value.name.value : null
}
