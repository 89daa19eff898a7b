import { ApolloServer } from '@apollo/server'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGraphqlHandler } from '../../../src/server/graphql-handler.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

let apollo: ApolloServer
let server: FastifyInstance
beforeAll(async () => {
  apollo = new ApolloServer({ typeDefs: 'type Query { ok: Int }', stopOnTerminationSignals: false })
  await apollo.start()
  server = Fastify()
  server.post(
    '/graphql',
    createGraphqlHandler(apollo, ({ headers }) => {
      if (headers['x-fail']) throw new Error('no context')
      return {}
    }),
  )
})
afterAll(async () => {
  await server.close()
  await apollo.stop()
})

const post = async (headers: Record<string, string>, payload?: object | string) =>
  server.inject({ method: 'POST', url: '/graphql', headers, ...(payload !== undefined && { payload }) })

test.each([
  ['*/*', 200, 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 200, 'application/graphql-response+json; charset=utf-8'],
  ['application/graphql-response+json;q=0.5, application/json', 200, 'application/json; charset=utf-8'],
  ['multipart/mixed;deferSpec=20220824, application/json', 200, 'application/json; charset=utf-8'],
  ['text/html', 406, 'application/json; charset=utf-8'],
])('who accepts %s is answered with %i %s', async (accept, status, type) => {
  // The second time they are known.
  for (const _time of [1, 2]) {
    const answer = await post({ ...JSON_TYPE, accept }, { query: '{ ok }' })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, type])
    expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length))
  }
})

test('who accepts no JSON is refused, though an answer before was JSON because it was a refusal', async () => {
  const accept = 'text/plain'
  expect((await post({ ...JSON_TYPE, accept }, '[]')).statusCode).toBe(400)
  expect((await post({ ...JSON_TYPE, accept }, { query: '{ ok }' })).statusCode).toBe(406)
})

test('a context that cannot be made is an answer in the form of GraphQL', async () => {
  const answer = await post({ ...JSON_TYPE, 'x-fail': '1' }, { query: '{ ok }' })
  expect([answer.statusCode, answer.json().errors[0].message]).toEqual([500, 'Context creation failed: no context'])
})

test.each<[string, Record<string, string>, boolean]>([
  ['no type', {}, true],
  ['no type and an empty header', { 'apollo-require-preflight': '' }, true],
  ['no type, and a header that browsers ask leave for', { 'apollo-require-preflight': '1' }, false],
  ['no type, and the other such header', { 'x-apollo-operation-name': 'Ok' }, false],
  ['the type of JSON', JSON_TYPE, false],
])('what has no body and %s is refused, as a forgery where it could be one', async (_name, headers, isForgery) => {
  const answer = await post(headers)
  expect([answer.statusCode, answer.body.includes('Forgery')]).toEqual([400, isForgery])
})

test.each(['"text"', '5', 'null', '[]', '{}'])('a body that is %s is refused', async (payload) => {
  expect((await post(JSON_TYPE, payload)).statusCode).toBe(400)
})
