import { GraphQLError } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deadlineExceeded, PublicError, upstreamError } from '../../../src/errors.ts'
import { LOCAL } from '../../../src/graphql/caller.ts'
import { createApolloServer } from '../../../src/graphql/apollo-server.ts'
import type { IdentityDirectory } from '../../../src/identity/identity-directory.ts'
import type { IdentityWrites } from '../../../src/identity/writes/identity-writes.ts'

const PASSWORD = 'hunter2'
const MODES = ['production', 'development'] as const

const unexpected: unknown[] = []
const onUnexpected = (error: unknown): void => void unexpected.push(error)
const servers = {
  production: createApolloServer({ production: true, onUnexpected }),
  development: createApolloServer({ production: false, onUnexpected }),
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
      'Variable "$v" has a value that does not fit its type, at "v.role".',
    ],
    [
      'a field that there is not',
      { query: variable('IdentityFilter'), variables: { v: { email: 'a', password: PASSWORD } } },
      'Variable "$v" has a value that does not fit its type.',
    ],
    [
      'an enum within a list',
      { query: variable('IdentityFilter'), variables: { v: { status: ['ACTIVE', PASSWORD] } } },
      'Variable "$v" has a value that does not fit its type, at "v.status[1]".',
    ],
    [
      'a date',
      { query: variable('IdentityFilter'), variables: { v: { createdAfter: `"; ${PASSWORD} at "${PASSWORD}` } } },
      'Variable "$v" has a value that does not fit its type, at "v.createdAfter".',
    ],
    [
      'a text that looks like a place',
      { query: variable('IdentityFilter'), variables: { v: `x at "${PASSWORD}"` } },
      'Variable "$v" has a value that does not fit its type.',
    ],
    [
      'a variable that is missing',
      { query: 'query ($id: ID!) { identity(id: $id) { id } }' },
      'Variable "$id" has a value that does not fit its type.',
    ],
  ])('a variable that does not fit is named, never quoted: %s', async (_name, question, message) => {
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

  test.each(questions)('repeats nothing of it in production: %s', async (_name, question, code) => {
    const errors = await errorsOf('production', question)
    expect(errors).toMatchObject([{ message: expect.any(String), extensions: { code } }])
    expect(JSON.stringify(errors)).not.toContain(PASSWORD)
    expect(unexpected).toEqual([])
  })

  test.each(questions)('helps in development: %s', async (_name, question, code) => {
    const errors = await errorsOf('development', question)
    const helps = /Unterminated|hunter2|^Int cannot represent|^DateTime cannot represent/
    expect(errors).toMatchObject([{ message: expect.stringMatching(helps), extensions: { code } }])
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

  test('tells of the schema in development only', async () => {
    const query = '{ identitySource { source } }'
    const [hidden] = await errorsOf('production', { query })
    const [shown] = await errorsOf('development', { query })
    expect([hidden.message, shown.message]).toEqual([
      'The operation is not valid GraphQL for this schema.',
      expect.stringContaining('Did you mean "identitySources"'),
    ])
  })

  test('names no more than a few faults', async () => {
    const fields = Array.from({ length: 60 }, (_, index) => `f${index}`).join(' ')
    expect((await errorsOf('development', { query: `{ ${fields} }` })).length).toBeLessThanOrEqual(6)
  })
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
