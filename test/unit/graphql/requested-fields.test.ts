import { execute, parse, type DocumentNode } from 'graphql'
import { expect, test } from 'vitest'
import { createSchema } from '../../../src/graphql/schema.ts'
import type { CarriedField } from '../../../src/identity/identity.ts'

const schema = createSchema()

/** For which fields accounts are looked up, look-up by look-up. */
async function neededBy(document: DocumentNode, operationName: string, skip = false): Promise<CarriedField[][]> {
  const needed: CarriedField[][] = []
  const identity = async (_key: unknown, needs: readonly CarriedField[]): Promise<null> => {
    needed.push(needs.toSorted())
    return null
  }
  const contextValue = { directory: { identity }, caller: { name: 'test', scopes: undefined } }
  await execute({ schema, document, operationName, contextValue, variableValues: { skip } })
  return needed
}

test('a field that stands in one operation once and in another twice is looked up for what each asks', async () => {
  const document = parse(`
    query Once { ...Shared }
    query Twice { ...Shared identity(id: "legacy:1") { role } }
    fragment Shared on Query { identity(id: "legacy:1") { email } }`)
  for (let round = 0; round < 2; round++) {
    expect(await neededBy(document, 'Once')).toEqual([['email']])
    expect(await neededBy(document, 'Twice')).toEqual([['email', 'role']])
  }
})

test('aliases have needs of their own, and a field that is switched off counts every time or never', async () => {
  const document = parse(`
    query Aliases($skip: Boolean!) {
      one: identity(id: "legacy:1") { mail: email ...Names @skip(if: $skip) }
      two: identity(id: "legacy:1") { role @skip(if: $skip) ... on Identity { timezone } }
    }
    fragment Names on Identity { displayName ...Names2 }
    fragment Names2 on Identity { holder { email } createdAt }`)
  const all = [
    ['createdAt', 'email', 'firstName', 'lastName'],
    ['role', 'timezone'],
  ]
  expect(await neededBy(document, 'Aliases', true)).toEqual(all)
  expect(await neededBy(document, 'Aliases', false)).toEqual(all)
})
