import { Kind, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { references } from '../../src/graphql/references.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { readSdl } from '../../src/graphql/schema.ts'
import { elementsOf, usesOf } from './definitions.ts'

// @apollo/subgraph 2.15 passes over resolvers of unknown types and fields, and over entities that nobody resolves.

type ResolverMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const map = { ...resolvers } as unknown as ResolverMap
const sdl = parse(readSdl())
const elements = elementsOf(sdl)
const coordinates = new Set(elements.map(({ coordinate }) => coordinate))
const kinds = new Map(
  sdl.definitions.flatMap((node) => ('name' in node && node.name ? [[node.name.value, node.kind]] : [])),
)

/** What is wrong with a map of resolvers for this SDL. */
function faultsOf(resolverMap: ResolverMap): string[] {
  return Object.entries(resolverMap).flatMap(([type, given]) => {
    switch (kinds.get(type)) {
      case Kind.SCALAR_TYPE_DEFINITION:
        return given['name'] === type ? [] : [`${type} is a scalar by another name`]
      case Kind.OBJECT_TYPE_DEFINITION: {
        return Object.keys(given)
          .filter((field) => !coordinates.has(`${type}.${field}`))
          .map((field) => `${type}.${field} is unknown`)
      }
      default:
        return [`${type} has nothing to resolve`]
    }
  })
}

/** The types that other subgraphs may ask this one to resolve. */
const entities = elements
  .filter((element) => usesOf(element, 'key').some(({ resolvable }) => resolvable !== false))
  .map(({ coordinate }) => coordinate)

describe('the map of resolvers', () => {
  test('names only what the schema has', () => {
    expect(faultsOf(map)).toEqual([])
  })

  test('would be caught with a misspelt type, field or scalar', () => {
    expect(
      faultsOf({ Identitty: {}, Identity: { emial: null }, DateTime: { name: 'Date' }, IdentityStatus: {} }),
    ).toEqual([
      'Identitty has nothing to resolve',
      'Identity.emial is unknown',
      'DateTime is a scalar by another name',
      'IdentityStatus has nothing to resolve',
    ])
  })

  test('says how each scalar is written', () => {
    const scalars = [...kinds].filter(([, kind]) => kind === Kind.SCALAR_TYPE_DEFINITION).map(([name]) => name)
    expect(scalars).toContain('DateTime')
    expect(scalars.filter((name) => typeof map[name]?.['serialize'] !== 'function')).toEqual([])
  })

  test('resolves every root field', () => {
    const roots = [...coordinates].filter((coordinate) => /^(Query|Mutation)\./.test(coordinate))
    const resolved = (coordinate: string): boolean => {
      const [type = '', field = ''] = coordinate.split('.')
      return typeof map[type]?.[field] === 'function'
    }
    expect(roots).toContain('Query.identities')
    expect(roots.filter((coordinate) => !resolved(coordinate))).toEqual([])
  })

  test('resolves references for exactly the entities that live here', () => {
    expect(Object.keys(references).toSorted()).toEqual(entities.toSorted())
    expect(entities).toContain('Identity')
  })
})
