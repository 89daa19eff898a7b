import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DocumentNode } from 'graphql'

/** A named element of a schema with the directives on it: a type, a field, an input field or an enum value. */
export interface Element {
  readonly coordinate: string
  readonly directives: readonly ConstDirectiveNode[]
}

export function elementsOf(document: DocumentNode): Element[] {
  return document.definitions.flatMap((definition) => {
    if (!('name' in definition) || !definition.name || definition.kind === Kind.DIRECTIVE_DEFINITION) return []
    const type = definition.name.value
    const fields = 'fields' in definition ? (definition.fields ?? []) : []
    const values = 'values' in definition ? (definition.values ?? []) : []
    return [
      { coordinate: type, directives: (definition.directives ?? []) as readonly ConstDirectiveNode[] },
      ...[...fields, ...values].map(({ name, directives }) => ({
        coordinate: `${type}.${name.value}`,
        directives: directives ?? [],
      })),
    ]
  })
}

/** The arguments of each use of a directive on an element. */
export function usesOf(element: Element | undefined, directive: string): Record<string, any>[] {
  return (element?.directives ?? [])
    .filter(({ name }) => name.value === directive)
    .map(({ arguments: given }) =>
      Object.fromEntries((given ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)])),
    )
}

export function taggedIn(document: DocumentNode, tag: string): string[] {
  return elementsOf(document)
    .filter((element) => usesOf(element, 'tag').some(({ name }) => name === tag))
    .map(({ coordinate }) => coordinate)
    .toSorted()
}

/** Who may see what, by coordinate: each list of scopes as one text, in order. */
export function requiredScopesIn(document: DocumentNode): Record<string, string[]> {
  return Object.fromEntries(
    elementsOf(document).flatMap((element) =>
      usesOf(element, 'requiresScopes').map(({ scopes }) => [
        element.coordinate,
        (scopes as string[][]).map((list) => list.join(' ')).toSorted(),
      ]),
    ),
  )
}
