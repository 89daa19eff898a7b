import { HeaderMap } from '@apollo/server'
import { expect, test } from 'vitest'
import { upstreamError } from '../../../src/errors.ts'
import { createApolloServer } from '../../../src/graphql/apollo-server.ts'
import { LOCAL } from '../../../src/graphql/caller.ts'
import type { IdentityDirectory } from '../../../src/identity/identity-directory.ts'
import type { IdentityWrites } from '../../../src/identity/writes/identity-writes.ts'

const QUERY = 'query ($id: ID! = "legacy:1") { __typename identity(id: $id) { id } }'

/** Once over HTTP, where the query is prepared, and once in process, where graphql-js runs it. */
async function bothAnswer(identity: IdentityDirectory['identity'], body: object = { query: QUERY }) {
  const told: unknown[] = []
  const apollo = createApolloServer({
    production: true,
    onUnexpected: (error) => void told.push(['unexpected', error]),
    onError: (error, requestId) => void told.push([(error as Error).message, requestId]),
  })
  await apollo.start()
  const directory = { identity } as unknown as IdentityDirectory
  const context = { directory, writes: {} as IdentityWrites, caller: LOCAL, requestId: 'request-1' }
  const headers = new HeaderMap([['content-type', 'application/json']])
  const request = { method: 'POST', headers, search: '', body }
  const http = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: request, context: async () => context })
  const toldOverHttp = told.splice(0)
  const inProcess = await apollo.executeOperation(body, { contextValue: context })
  await apollo.stop()
  const text = http.body.kind === 'complete' ? http.body.string : ''
  const theirs = inProcess.body.kind === 'single' ? inProcess.body.singleResult : undefined
  return { status: http.status, text, told: toldOverHttp, theirs }
}

test('an answer without errors is its data alone', async () => {
  const { text, told } = await bothAnswer(async () => null)
  expect(text).toBe('{"data":{"__typename":"Query","identity":null}}\n')
  expect(told).toEqual([])
})

test('what nobody foresaw is redacted, told of with its request, and answered as graphql-js does', async () => {
  const defect = new TypeError('a secret')
  const { status, text, told, theirs } = await bothAnswer(() => Promise.reject(defect))
  expect(JSON.parse(text)).toEqual(theirs)
  expect(theirs?.errors).toMatchObject([{ path: ['identity'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }])
  expect(status).toBeUndefined()
  expect(text).not.toContain('secret')
  expect(told).toEqual([
    ['a secret', 'request-1'],
    ['unexpected', defect],
  ])
})

test('an error with a code keeps it, as with graphql-js', async () => {
  const failure = upstreamError('UPSTREAM_TIMEOUT', 'LEGACY', 'at once')
  const { text, theirs } = await bothAnswer(() => Promise.reject(failure))
  expect(JSON.parse(text)).toEqual(theirs)
  expect(theirs?.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT', source: 'LEGACY' } }])
})

test('variables have their defaults', async () => {
  const asked: unknown[] = []
  await bothAnswer(async (...given) => {
    asked.push(given[0])
    return null
  })
  expect(asked).toHaveLength(2)
  expect(asked[0]).toEqual(asked[1])
})

test('variables that do not fit are refused as they are in process', async () => {
  const body = { query: QUERY, variables: { id: { a: 'secret' } } }
  const { status, text, theirs } = await bothAnswer(async () => null, body)
  expect(status).toBe(400)
  expect(JSON.parse(text)).toEqual(theirs)
  expect(theirs?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
})
