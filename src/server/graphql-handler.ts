import { HeaderMap, type ApolloServer, type BaseContext } from '@apollo/server'
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'

/** All that Apollo Server reads: what a browser could not send unasked (CSRF), and which type of answer is wanted. */
const READ_HEADERS = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight'] as const

/**
 * What it is shown in place of the headers of usual requests, for to parse types takes it longer than all else that it does
 * with a request. No browser sends JSON unasked, and no wish for a type gets what they get who accept JSON.
 */
const USUAL_HEADERS = new HeaderMap([
  ['apollo-require-preflight', '1'],
  ['accept', ''],
])
const JSON_TYPE = 'application/json'
const JSON_ANSWER = 'application/json; charset=utf-8'
/** Far more than there are kinds of clients. */
const MAX_REMEMBERED = 100

/**
 * Hands a request to Apollo Server, which must have been started, and its answer back. Adapters do it for any method, any
 * header and answers in parts; here there is POST alone, and answers in one piece.
 */
export function createGraphqlHandler<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  createContext: (request: FastifyRequest, reply: FastifyReply) => Context,
): RouteHandlerMethod {
  /** What was accepted by those whom Apollo Server gave JSON: it would again. */
  const gotJson = new Set<string | undefined>([undefined])
  return async (request, reply) => {
    const { accept, 'content-type': type } = request.headers
    const isUsual = type === JSON_TYPE && gotJson.has(accept)
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: isUsual ? USUAL_HEADERS : headersOf(request),
        search: '',
        body: request.body,
      },
      context: async () => createContext(request, reply),
    })
    if (body.kind !== 'complete')
      throw new Error('Apollo Server answered in parts, which the schema has no directive for')
    // Refusals are JSON for everybody.
    if (
      !isUsual &&
      status === undefined &&
      headers.get('content-type') === JSON_ANSWER &&
      gotJson.size < MAX_REMEMBERED
    )
      gotJson.add(accept)
    // Of some refusals Apollo Server says that a browser may keep them, and nothing that is served here may be kept.
    for (const [name, value] of headers) if (name !== 'cache-control') void reply.header(name, value)
    return reply.code(status ?? 200).send(body.string)
  }
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const read = new HeaderMap()
  for (const name of READ_HEADERS) {
    const value = headers[name]
    if (value) read.set(name, String(value))
  }
  return read
}
