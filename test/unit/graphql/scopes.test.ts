import { buildSchema, execute, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../../src/graphql/context.ts'
import { readRequiredScopes } from '../../../src/graphql/required-scopes.ts'
import { createSchema } from '../../../src/graphql/schema.ts'
import { enforceScopes } from '../../../src/graphql/scopes.ts'
import type { CarriedField } from '../../../src/identity/identity.ts'

const SDL = `
  directive @requiresScopes(scopes: [[String!]!]!) on OBJECT | FIELD_DEFINITION
  directive @other(scopes: [[String!]!]!) on FIELD_DEFINITION
  type Query {
    open: Open
    vault: Vault @requiresScopes(scopes: [["a"]])
    vaults: [Vault!] @requiresScopes(scopes: [["b", "c"]])
    diary: Diary
    keptDiary: Diary @requiresScopes(scopes: [["a"]])
  }
  type Open { either: String @requiresScopes(scopes: [["a"], ["b", "c"]]) free: String @other(scopes: [["a"]]) vault: Vault }
  type Vault @requiresScopes(scopes: [["v"], ["w"]]) { gold: Int }
  type Diary { page: String }`

function context(...scopes: string[]): Context {
  return { caller: { name: 'test', scopes: new Set(scopes) } } as Partial<Context> as Context
}

describe('what the directives say', () => {
  test('is what stands on a field and on the type that it gives, and for entities what any query of theirs needs', () => {
    expect(Object.fromEntries(readRequiredScopes(buildSchema(SDL)))).toEqual({
      'Query.vault': [[['a']], [['v'], ['w']]],
      'Query.vaults': [[['b', 'c']], [['v'], ['w']]],
      'Query.keptDiary': [[['a']]],
      'Open.either': [[['a'], ['b', 'c']]],
      'Open.vault': [[['v'], ['w']]],
      // By its own directive, and by either of two queries. A diary is open: one query gives it to everybody.
      Vault: [
        [['v'], ['w']],
        [['a'], ['b', 'c']],
      ],
    })
  })

  test.each<[string, string[], string | undefined]>([
    ['{ open { either } }', ['a'], undefined],
    ['{ open { either } }', ['b', 'c'], undefined],
    ['{ open { either } }', ['b'], 'This needs the scope a, or b and c.'],
    ['{ open { either } }', [], 'This needs the scope a, or b and c.'],
    ['{ open { free } }', [], undefined],
    ['{ open { vault { gold } } }', ['a'], 'This needs the scope v, or w.'],
    ['{ open { vault { gold } } }', ['w'], undefined],
    ['{ vault { gold } }', ['v'], 'This needs the scope a.'],
    ['{ vault { gold } }', ['a'], 'This needs the scope v, or w.'],
    ['{ vault { gold } }', ['a', 'v'], undefined],
  ])('lets %s with %j meet %j', async (query, scopes, message) => {
    const schema = enforceScopes(buildSchema(SDL))
    const rootValue = { open: { either: 'x', free: 'x', vault: { gold: 1 } }, vault: { gold: 1 } }
    const result = await execute({ schema, document: parse(query), rootValue, contextValue: context(...scopes) })
    expect(result.errors?.[0]?.message).toBe(message)
  })
})

test('what is refused is not what an account is looked up for', async () => {
  const looked: (readonly CarriedField[])[] = []
  const lookUp = async (_key: unknown, needs: readonly CarriedField[]): Promise<null> => {
    looked.push(needs)
    return null
  }
  const lookUpAll = (keys: readonly unknown[], needs: readonly CarriedField[]) => keys.map((key) => lookUp(key, needs))
  const schema = createSchema()
  // One document for all callers, as the server keeps it.
  const document = parse(`query ($r: [_Any!]!) {
    identity(id: "legacy:1") { email displayName holder { email } role }
    _entities(representations: $r) { ... on Identity { firstName status } }
  }`)
  const ask = async (scopes: ReadonlySet<string> | undefined): Promise<unknown> =>
    execute({
      schema,
      document,
      variableValues: { r: [{ __typename: 'Identity', id: 'legacy:1' }] },
      contextValue: { directory: { identity: lookUp, identitiesByKey: lookUpAll }, caller: { name: 'test', scopes } },
    })
  await ask(undefined)
  await ask(new Set(['identity:read', 'identity:read:pii']))
  await ask(new Set(['identity:read']))
  await ask(undefined)
  const everything = [
    ['email', 'firstName', 'lastName', 'role'],
    ['firstName', 'status'],
  ]
  const got = looked.map((needs) => [...needs].toSorted())
  expect(got).toEqual([...everything, ...everything, ['role'], ['status'], ...everything])
})
