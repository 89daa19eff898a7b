import { buildSchema, Kind, parse, type GraphQLObjectType, type GraphQLScalarType } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../../src/graphql/context.ts'
import { PreparedOperations } from '../../../src/graphql/execution/prepared-operations.ts'
import { run } from '../../../src/graphql/execution/run.ts'

const schema = buildSchema(/* GraphQL */ `
  directive @other on FIELD
  type Query {
    a: A
    strict: A!
  }
  type A {
    id: ID!
    a: A
    list: [A!]
    strict: ID!
  }
  type Mutation {
    a: A
  }
`)

/** The operation that a document begins with. */
function documentOf(source: string) {
  const document = parse(source)
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It begins with no operation')
  return { document, operation }
}

function prepared(source: string, variables: Readonly<Record<string, unknown>> = {}, of = schema) {
  const { document, operation } = documentOf(source)
  return new PreparedOperations().of(of, document, operation, variables)
}

async function ran(source: string, of = schema) {
  const operation = prepared(source, {}, of)
  if (!operation) throw new Error('It is not prepared')
  return run(operation, {} as Context, {})
}

/** With the resolvers of `Query.a` and `Query.strict` and of what is below them. */
async function answered(source: string, root: unknown) {
  const fields = schema.getQueryType()?.getFields() ?? {}
  for (const field of Object.values(fields)) field.resolve = () => root
  const { data, errors } = await ran(source)
  return { data: data && JSON.parse(data.text), errors: errors.map(({ path, message }) => [path?.join('.'), message]) }
}

describe('what is left to graphql-js', () => {
  test.each([
    ['a mutation', 'mutation { a { id } }'],
    ['introspection', '{ __schema { types { name } } }'],
    ['introspection of a type', '{ a { id } __type(name: "A") { name } }'],
    ['a directive', '{ a @other { id } }'],
    ['a directive in a fragment', '{ a { ...F } } fragment F on A { ... on A @other { id } }'],
    ['a condition that is null', 'query ($no: Boolean = false) { a { id @skip(if: $no) } }'],
    [
      'more conditions than three',
      `query (${['a', 'b', 'c', 'd'].map((name) => `$${name}: Boolean!`).join(' ')}) {
      a { ${['a', 'b', 'c', 'd'].map((name) => `${name}: id @skip(if: $${name})`).join(' ')} } }`,
    ],
  ])('%s', (_name, source) => {
    expect(prepared(source, { no: null, a: true, b: true, c: true, d: true })).toBeUndefined()
  })

  test('a type that looks at its values', () => {
    const looking = buildSchema('type Query { b: B } type B { id: ID }')
    const type = looking.getType('B') as GraphQLObjectType
    type.isTypeOf = () => true
    expect(prepared('{ b { id } }', {}, looking)).toBeUndefined()
  })

  test('what unfolds to more than is worth keeping', () => {
    const unfolding = (times: number): string =>
      `{ ${Array.from({ length: times }, (_, index) => `a${index}: a { ...F }`).join(' ')} } fragment F on A { id a { id } }`
    expect(prepared(unfolding(125))).toMatchObject({ size: 500 })
    expect(prepared(unfolding(126))).toBeUndefined()
  })
})

test('an operation is prepared once for each of the values that its conditions have', () => {
  const operations = new PreparedOperations()
  const source = 'query ($no: Boolean!, $id: ID) { a { id @skip(if: $no) strict @include(if: true) } }'
  const { document, operation } = documentOf(source)
  const of = (no: boolean, id: string) => operations.of(schema, document, operation, { no, id })
  expect(of(true, '1')).toMatchObject({ size: 2 })
  expect(of(false, '1')).toMatchObject({ size: 3 })
  expect(of(true, '2')).toBe(of(true, '1'))
  expect(of(false, '2')).toBe(of(false, '1'))
})

describe('what is kept', () => {
  /** Of one field each, with text that nobody asks for again. */
  const once = (operations: PreparedOperations, length: number): void => {
    for (let index = 0; index < 40; index++) {
      const { document, operation } = documentOf(`{ a${index}: a { id } } # ${'x'.repeat(length)}`)
      operations.of(schema, document, operation, {})
    }
  }
  const asked = documentOf('query ($no: Boolean = false) { a { id @skip(if: $no) } }')
  const again = (operations: PreparedOperations) =>
    operations.of(schema, asked.document, asked.operation, { no: false })

  test('are many usual operations', () => {
    const operations = new PreparedOperations()
    const first = again(operations)
    once(operations, 500)
    expect(again(operations)).toBe(first)
  })

  test('is little of long documents, however few fields they have', () => {
    const operations = new PreparedOperations()
    const first = again(operations)
    once(operations, 20_000)
    expect(again(operations)).toEqual(first)
    expect(again(operations)).not.toBe(first)
  })
})

describe('what is still under way when something fails', () => {
  test('is not told of within what is null by then', async () => {
    const [now, late, last] = [1, 2, 3].map(() => Promise.withResolvers<never[]>())
    setImmediate(() => now?.reject(new Error('now')))
    void now?.promise.catch(() => setImmediate(() => late?.reject(new Error('late'))))
    void late?.promise.catch(() => setImmediate(() => last?.resolve([])))
    const root = { a: late?.promise, strict: now?.promise, list: last?.promise }
    const { data, errors } = await answered('{ a { a { id } strict } strict { list { id } } }', root)
    expect(data).toEqual({ a: null, strict: { list: [] } })
    expect(errors).toEqual([['a.strict', 'now']])
  })

  test('is waited for, and its failure is told of as well', async () => {
    const late = Promise.withResolvers<never>()
    setImmediate(() => late.reject(new Error('late')))
    const { data, errors } = await answered('{ a { a { id } strict } }', { a: late.promise, strict: new Error('now') })
    expect(data).toEqual({ a: null })
    expect(errors).toEqual([
      ['a.a', 'late'],
      ['a.strict', 'now'],
    ])
  })

  test('in a list, with nobody left to hear of a rejection', async () => {
    const late = Promise.withResolvers<never>()
    setImmediate(() => late.reject(new Error('late')))
    const items = [{ strict: late.promise }, { strict: new Error('now') }, { strict: 'never asked for' }]
    const { data, errors } = await answered('{ a { list { strict } } }', { list: items })
    expect(data).toEqual({ a: { list: null } })
    expect(errors).toEqual([['a.list.1.strict', 'now']])
  })
})

test('nothing is left where what may not be null failed up to the root', async () => {
  const { data, errors } = await answered('{ a { id } strict { id } }', Promise.reject(new Error('gone')))
  expect(data).toBeNull()
  expect(errors).toEqual([
    ['a', 'gone'],
    ['strict', 'gone'],
  ])
})

test('a method of what holds a field is called on it', async () => {
  const holder = {
    name: 'held',
    id() {
      return this.name
    },
  }
  expect(await answered('{ a { id } }', holder)).toEqual({ data: { a: { id: 'held' } }, errors: [] })
})

test('of what is no object, nothing is read', async () => {
  expect((await answered('{ a { a { id } } }', { a: 'text' })).errors).toEqual([
    ['a.a.id', 'Cannot return null for non-nullable field A.id.'],
  ])
  const { data, errors } = await ran('{ length }', buildSchema('type Query { length: Int }'))
  expect(errors).toEqual([])
  expect(data?.text).toBe('{"length":null}')
})

test('a scalar that serializes to nothing is an error', async () => {
  const odd = buildSchema('scalar Odd type Query { odd: Odd }')
  const scalar = odd.getType('Odd') as GraphQLScalarType
  scalar.serialize = () => null
  const { odd: field } = odd.getQueryType()?.getFields() ?? {}
  if (field) field.resolve = () => 1
  const { data, errors } = await ran('{ odd }', odd)
  expect(data?.text).toBe('{"odd":null}')
  expect(errors).toMatchObject([{ path: ['odd'] }])
})
