import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import { gql } from 'graphql-tag'
import { describe, expect, it } from 'vitest'
import { resolveEntities } from '../../../src/graphql/entities.ts'
import type { Representation } from '../../../src/graphql/references.ts'

const typeDefs = gql(`
  type Good @key(fields: "id") { id: ID! }
  type Bad @key(fields: "id") { id: ID! }
  type Query { any: Int }
`)

describe('a batch of representations', () => {
  const batches: (readonly Representation[])[] = []
  const schema = resolveEntities(buildSubgraphSchema([{ typeDefs }]), {
    Good(representations) {
      batches.push(representations)
      return representations.map(({ id }) => ({ __typename: 'Good', id }))
    },
    Bad() {
      throw new Error('all of one type')
    },
  })
  const ask = async (representations: readonly unknown[]) => {
    batches.length = 0
    const result = await execute({
      schema,
      document: parse(`query ($r: [_Any!]!) { _entities(representations: $r) { ... on Good { id } } }`),
      variableValues: { r: representations },
      contextValue: { caller: { name: 'test', scopes: undefined } },
    })
    return { entities: result.data?.['_entities'], places: result.errors?.map(({ path }) => path?.[1]) }
  }

  it('is resolved type by type, each entity in its place', async () => {
    const other = { __typename: 'Other', id: '2' }
    const { entities, places } = await ask([{ __typename: 'Good', id: '1' }, other, { __typename: 'Good', id: '3' }])
    expect(entities).toEqual([{ id: '1' }, null, { id: '3' }])
    expect(places).toEqual([1])
    expect(batches).toHaveLength(1)
  })

  it('loses no other type where one throws for all of its own', async () => {
    const { entities, places } = await ask([
      { __typename: 'Bad', id: '1' },
      { __typename: 'Good', id: '2' },
      { __typename: 'Bad', id: '3' },
    ])
    expect(entities).toEqual([null, { id: '2' }, null])
    expect(places?.toSorted()).toEqual([0, 2])
  })

  it.each(['toString', '__proto__', 'constructor', ''])('takes no __typename %j for one of its own', async (name) => {
    const { entities, places } = await ask([JSON.parse(`{ "__typename": "${name}" }`), 1, 'text'])
    expect(entities).toEqual([null, null, null])
    expect(places).toHaveLength(3)
  })
})
