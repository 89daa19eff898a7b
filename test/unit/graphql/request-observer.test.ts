import { expect, test } from 'vitest'
import { upstreamError } from '../../../src/errors.ts'
import { createApolloServer } from '../../../src/graphql/apollo-server.ts'
import { LOCAL } from '../../../src/graphql/caller.ts'
import { ErrorOrigins, observeRequests, type FinishedRequest } from '../../../src/graphql/request-observer.ts'
import type { IdentityDirectory } from '../../../src/identity/identity-directory.ts'
import type { IdentityWrites } from '../../../src/identity/writes/identity-writes.ts'

const TWO = '{ a: identity(id: "legacy:1") { id } b: identity(id: "legacy:2") { id } }'

async function run(query: string, ...failures: readonly Error[]) {
  const finished: FinishedRequest[] = []
  const unexpected: [unknown, string | undefined][] = []
  const origins = new ErrorOrigins()
  const onUnexpected = (error: unknown): void => void unexpected.push([error, origins.requestIdOf(error)])
  const observer = observeRequests((request) => void finished.push(request), origins)
  const left = [...failures]
  const directory = {
    identity: async () => {
      throw left.shift() ?? new Error('None is left')
    },
  } as unknown as IdentityDirectory
  const apollo = createApolloServer({ production: true, onUnexpected, onError: () => {} }, observer)
  await apollo.executeOperation(
    { query },
    { contextValue: { directory, writes: {} as IdentityWrites, caller: LOCAL, requestId: 'request-1' } },
  )
  await apollo.stop()
  return { finished, unexpected }
}

test('an error that nobody foresaw names its request', async () => {
  const defect = new TypeError('a defect')
  const { finished, unexpected } = await run('{ identity(id: "legacy:1") { id } }', defect)
  expect(unexpected).toEqual([[defect, 'request-1']])
  expect(finished).toMatchObject([
    { requestId: 'request-1', outcome: 'partial', errors: [{ code: 'INTERNAL_SERVER_ERROR', source: '' }] },
  ])
})

test('each code of each source is told once', async () => {
  const { finished } = await run(
    TWO,
    upstreamError('UPSTREAM_TIMEOUT', 'LEGACY', 'once'),
    upstreamError('UPSTREAM_TIMEOUT', 'LEGACY', 'twice'),
  )
  expect(finished[0]?.errors).toEqual([{ code: 'UPSTREAM_TIMEOUT', source: 'LEGACY' }])
})

test.each([
  ['ok', '{ __typename }', []],
  ['failed', '{ nonsense }', [{ code: 'GRAPHQL_VALIDATION_FAILED', source: '' }]],
  ['failed', '{', [{ code: 'GRAPHQL_PARSE_FAILED', source: '' }]],
])('%s: %s', async (outcome, query, errors) => {
  const { finished } = await run(query)
  expect(finished).toMatchObject([{ outcome, errors }])
})
