import { parse } from 'graphql'
import type { Composed } from './composed.ts'
import { elementsOf, requiredScopesIn, taggedIn, usesOf } from './definitions.ts'

/** Reads a supergraph of the join specification, which the composers of Apollo and Hive both write. */
export function readSupergraph(supergraphSdl: string): Composed {
  const document = parse(supergraphSdl)
  const elements = new Map(elementsOf(document).map((element) => [element.coordinate, element]))
  const names = new Map(
    [...elements.values()].flatMap((element) =>
      usesOf(element, 'join__graph').map(({ name }) => [element.coordinate.replace('join__Graph.', ''), String(name)]),
    ),
  )
  const subgraphsOf = (coordinate: string, directive: string): string[] =>
    usesOf(elements.get(coordinate), directive).map(({ graph }) => names.get(graph) ?? `unknown graph ${graph}`)
  return {
    errors: [],
    keys: (subgraph, type) =>
      usesOf(elements.get(type), 'join__type')
        .filter(({ graph, key }) => names.get(graph) === subgraph && key !== undefined)
        .map(({ key, resolvable }) => ({ fields: key, resolvable: resolvable ?? true })),
    owners: (type, field) => {
      if (!elements.has(`${type}.${field}`)) return []
      // Where every subgraph of the type has the field, it is not said again at the field.
      const atField = subgraphsOf(`${type}.${field}`, 'join__field')
      return (atField.length > 0 ? atField : subgraphsOf(type, 'join__type')).toSorted()
    },
    tagged: (tag) => taggedIn(document, tag),
    requiredScopes: () => requiredScopesIn(document),
    cost: (coordinate) => usesOf(elements.get(coordinate), 'cost')[0]?.['weight'],
    listSize: (coordinate) => usesOf(elements.get(coordinate), 'listSize')[0],
  }
}
