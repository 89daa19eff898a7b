import { GraphQLError } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deadlineExceeded, PublicError, upstreamError } from '../../../src/errors.ts'
import { LOCAL } from '../../../src/graphql/caller.ts'
import { createApolloServer } from '../../../src/graphql/apollo-server.ts'
import { retell } from '../../../src/graphql/operation-fault.ts'
import type { IdentityDirectory } from '../../../src/identity/identity-directory.ts'
import type { IdentityWrites } from '../../../src/identity/writes/identity-writes.ts'

const PASSWORD = 'hunter2'
const MODES = ['production', 'development'] as const

const unexpected: unknown[] = []
const onUnexpected = (error: unknown): void => void unexpected.push(error)
const servers = {
  production: createApolloServer({ production: true, onUnexpected, onError: () => {} }),
  development: createApolloServer({ production: false, onUnexpected, onError: () => {} }),
}
beforeAll(() => Promise.all(MODES.map((mode) => servers[mode].start())))
afterAll(() => Promise.all(MODES.map((mode) => servers[mode].stop())))
beforeEach(() => void unexpected.splice(0))

interface Question {
  readonly query: string
  readonly variables?: Record<string, unknown>
  readonly operationName?: string
  readonly extensions?: Record<string, unknown>
}

/** The errors that a caller sees, where every read of the directory throws this. */
async function errorsOf(mode: (typeof MODES)[number], question: Question, thrown?: unknown): Promise<any[]> {
  const throwing = async (): Promise<never> => Promise.reject(thrown)
  const names = ['identity', 'identities', 'holder', 'identitiesOf', 'complete'] as const
  const directory = Object.fromEntries(names.map((name) => [name, throwing])) as unknown as IdentityDirectory
  const { body } = await servers[mode].executeOperation(question, {
    contextValue: { directory, writes: {} as IdentityWrites, caller: LOCAL, requestId: '1' },
  })
  return JSON.parse(JSON.stringify(body.kind === 'single' ? (body.singleResult.errors ?? []) : []))
}

describe.each(MODES)('in %s', (mode) => {
  const BY_ID = { query: '{ identity(id: "legacy:1") { id } }' }

  test('an error of ours is shown with its code, its source and whether to try again', async () => {
    const cause = new Error(`https://upstream.example/?key=${PASSWORD}`)
    const thrown = upstreamError('UPSTREAM_THROTTLED', 'LEGACY', undefined, { cause })
    expect(await errorsOf(mode, BY_ID, thrown)).toEqual([
      {
        message: 'LEGACY asks for fewer calls.',
        locations: [{ line: 1, column: 3 }],
        path: ['identity'],
        extensions: { code: 'UPSTREAM_THROTTLED', source: 'LEGACY', retryable: true },
      },
    ])
    const [error] = await errorsOf(mode, BY_ID, deadlineExceeded())
    expect(error.extensions).toEqual({ code: 'DEADLINE_EXCEEDED', retryable: true })
    expect(unexpected).toEqual([])
  })

  test.each<[string, unknown, unknown]>([
    ['an Error', new TypeError(PASSWORD), expect.any(TypeError)],
    ['an Error with a cause of ours', new Error(PASSWORD, { cause: deadlineExceeded() }), expect.any(Error)],
    [
      "somebody's GraphQLError",
      new GraphQLError(PASSWORD, { extensions: { code: 'UPSTREAM', body: PASSWORD } }),
      expect.any(GraphQLError),
    ],
    ["a GraphQLError that calls itself Apollo's", new GraphQLError(PASSWORD, { path: ['x'] }), expect.any(Error)],
    ['a text', PASSWORD, expect.any(Error)],
    ['nothing', undefined, expect.any(Error)],
  ])('what nobody foresaw is masked and told once to the log: %s', async (_name, thrown, told) => {
    const errors = await errorsOf(mode, BY_ID, thrown)
    expect(errors).toMatchObject([
      {
        message: 'Something went wrong here; it has been logged.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
      },
    ])
    expect(JSON.stringify(errors)).not.toContain(PASSWORD)
    expect(unexpected).toEqual([told])
  })

  const variable = (type: string): string => `query ($v: ${type}) { identities(filter: $v) { nodes { id } } }`
  test.each<[string, Question, string]>([
    [
      'a field of the wrong type',
      { query: variable('IdentityFilter'), variables: { v: { role: 5, email: PASSWORD, search: PASSWORD } } },
      'A variable has a value that does not fit its type, at role.',
    ],
    [
      'a field that there is not',
      { query: variable('IdentityFilter'), variables: { v: { email: 'a', password: PASSWORD } } },
      'A variable has a value that does not fit its type.',
    ],
    [
      'an enum within a list',
      { query: variable('IdentityFilter'), variables: { v: { status: ['ACTIVE', PASSWORD] } } },
      'A variable has a value that does not fit its type, at status[1].',
    ],
    [
      'a date',
      { query: variable('IdentityFilter'), variables: { v: { createdAfter: `"; ${PASSWORD} at "${PASSWORD}` } } },
      'A variable has a value that does not fit its type, at createdAfter.',
    ],
    [
      'a text that looks like a place',
      { query: variable('IdentityFilter'), variables: { v: `x at "${PASSWORD}"` } },
      'A variable has a value that does not fit its type.',
    ],
    [
      'a key that looks like a place',
      { query: variable('IdentityFilter'), variables: { v: { [`x at "v.${PASSWORD}"`]: 1 } } },
      'A variable has a value that does not fit its type.',
    ],
    [
      'a variable of a telling name',
      {
        query: `query ($${PASSWORD}: Int) { identities(first: $${PASSWORD}) { nodes { id } } }`,
        variables: { [PASSWORD]: '' },
      },
      'A variable has a value that does not fit its type.',
    ],
    [
      'a variable that is missing',
      { query: 'query ($id: ID!) { identity(id: $id) { id } }' },
      'A variable has a value that does not fit its type.',
    ],
  ])('of a variable that does not fit only the place is told: %s', async (_name, question, message) => {
    const errors = await errorsOf(mode, question)
    expect(errors).toEqual([{ message, locations: [expect.anything()], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(JSON.stringify(errors)).not.toContain(PASSWORD)
    expect(unexpected).toEqual([])
  })

  // GraphQL ends the list of faults with one without a code. It was shown as INTERNAL_SERVER_ERROR, and logged as a
  // defect of ours each time that a caller sent two bad values. Kinds of operation that there are not: the same.
  test.each<[string, Question]>([
    ['two bad values', { query: variable('IdentityFilter'), variables: { v: { email: 1, role: 2 } } }],
    ['a subscription', { query: 'subscription { identities }' }],
  ])('%s are no defect of ours', async (_name, question) => {
    const errors = await errorsOf(mode, question)
    expect(new Set(errors.map((error) => error.extensions.code))).toEqual(new Set(['BAD_USER_INPUT']))
    expect(unexpected).toEqual([])
  })

  // Clients of persisted queries send the whole text when they read this code; they were told of a defect instead.
  test('a persisted query is refused in the words that clients know', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: PASSWORD } }
    expect(await errorsOf(mode, { query: '', extensions })).toEqual([
      { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
    ])
    expect(unexpected).toEqual([])
  })
})

describe('what GraphQL says of the operation', () => {
  const questions: [string, Question, string][] = [
    ['syntax', { query: `{ identity(id: "${PASSWORD}) { id } }` }, 'GRAPHQL_PARSE_FAILED'],
    ['a stray word', { query: `{ identity } ${PASSWORD}` }, 'GRAPHQL_PARSE_FAILED'],
    ['a literal', { query: `{ identities(first: "${PASSWORD}") { nodes { id } } }` }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a date',
      { query: `{ identities(filter: { createdAfter: "${PASSWORD}" }) { nodes { id } } }` },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a field', { query: `{ ${PASSWORD} }` }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a name',
      { query: 'query A { identitySources { source } }', operationName: PASSWORD },
      'OPERATION_RESOLUTION_FAILURE',
    ],
  ]

  describe.each(MODES)('in %s', (mode) => {
    test.each(questions)('repeats nothing of it: %s', async (_name, question, code) => {
      const errors = await errorsOf(mode, question)
      expect(errors).toMatchObject([{ message: expect.any(String), extensions: { code } }])
      expect(JSON.stringify(errors)).not.toContain(PASSWORD)
      expect(unexpected).toEqual([])
    })
  })

  test.each([
    ['of another type', `{ identities(first: "${PASSWORD}") { nodes { id } } }`],
    ['that a scalar refuses', `{ identities(filter: { createdAfter: "${PASSWORD}" }) { nodes { id } } }`],
    ['in the place of an object', `{ identities(filter: "${PASSWORD}") { nodes { id } } }`],
    ['in the place of a name', `mutation { deleteIdentity(input: { id: "1" "${PASSWORD}" }) { outcome } }`],
    ['in several lines', `{ identities(first: """${PASSWORD}\n${PASSWORD}""") { nodes { id } } }`],
  ])('repeats no literal, not even in development: one %s', async (_what, query) => {
    const errors = await errorsOf('development', { query })
    expect(errors).toMatchObject([{ message: expect.any(String) }])
    expect(JSON.stringify(errors)).not.toContain(PASSWORD)
  })

  test.each([
    [
      '{ identitySource { source } }',
      'The field is not in the schema. Did you mean identitySources or identityBySource or identityAudit or identityHolder or identity?',
    ],
    ['{ identities(frist: 5) { nodes { id } } }', 'The argument is not in the schema. Did you mean first or last?'],
    [
      '{ identities(filter: { source: LEGAC }) { nodes { id } } }',
      'A value does not fit its type. Did you mean LEGACY?',
    ],
    ['{ identities(first: "5") { nodes { id } } }', 'A value does not fit its type.'],
    ['{ identities }', 'The field needs a selection of fields below it.'],
    ['{ identity { id } }', 'A required argument or field is missing.'],
    ['query ($a: Int) { identitySources { source } }', 'The variable is never used.'],
    ['{ identitySources { source }', 'The document cannot be parsed.'],
    [`{ identity(id: "a) { id } }`, 'The document cannot be parsed: a text does not end.'],
    // A literal that speaks like GraphQL itself.
    [`{ identities(first: "x. Did you mean ${PASSWORD} ?") { nodes { id } } }`, 'A value does not fit its type.'],
  ])('helps in development: %s', async (query, message) => {
    expect((await errorsOf('development', { query }))[0].message).toBe(message)
    const [hidden] = await errorsOf('production', { query })
    expect(hidden.message).toBe('The operation is not valid GraphQL for this schema.')
  })

  test.each(MODES)('tells in %s that a document is too long', async (mode) => {
    const [error] = await errorsOf(mode, { query: `{ ${'a '.repeat(2_000)} }` })
    expect(error.message).toBe('A document can have 2,000 tokens at most.')
  })

  test('names no more than a few faults', async () => {
    const fields = Array.from({ length: 60 }, (_, index) => `f${index}`).join(' ')
    expect((await errorsOf('development', { query: `{ ${fields} }` })).length).toBeLessThanOrEqual(6)
  })
})

// No message of GraphQL's is known that ends in a word of the caller's; should there be one, it is not passed on.
test('only words of the schema are hints', () => {
  const message = `Cannot query field "x" on type "Query". Did you mean "${PASSWORD}" or "identity"?`
  expect(retell(message, new Set(['identity']))).toBe('The field is not in the schema. Did you mean identity?')
})

test('a failure to make the context is masked and told', async () => {
  const httpGraphQLRequest = {
    method: 'POST',
    headers: new Map([['content-type', 'application/json']]),
    search: '',
    body: { query: '{ identitySources { source } }' },
  }
  const { body } = await servers.production.executeHTTPGraphQLRequest({
    httpGraphQLRequest: httpGraphQLRequest as never,
    context: async () => Promise.reject(new Error(PASSWORD)),
  })
  expect(body).toMatchObject({ string: expect.stringContaining('"INTERNAL_SERVER_ERROR"') })
  expect(JSON.stringify(body)).not.toContain(PASSWORD)
  expect(unexpected).toEqual([expect.objectContaining({ message: PASSWORD })])
})

test('an error of ours holds what callers may see, its cause aside', () => {
  const error = new PublicError('NOT_SUPPORTED', 'No.', { source: 'LEGACY', cause: new Error(PASSWORD) })
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    delivery: 'UNKNOWN',
    name: 'PublicError',
    code: 'NOT_SUPPORTED',
    source: 'LEGACY',
    retryable: false,
  })
})
