import { HeaderMap, type ApolloServer, type BaseContext } from '@apollo/server'
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'

/** All that Apollo Server reads: what a browser could not send unasked (CSRF), and which type of answer is wanted. */
const READ_HEADERS = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight'] as const

/**
 * Hands a request to Apollo Server, which must have been started, and its answer back. Adapters do it for any method, any
 * header and answers in parts; here there is POST alone, and answers in one piece.
 */
export function createGraphqlHandler<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  createContext: (request: FastifyRequest, reply: FastifyReply) => Context,
): RouteHandlerMethod {
  return async (request, reply) => {
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: headersOf(request), search: '', body: request.body },
      context: async () => createContext(request, reply),
    })
    if (body.kind !== 'complete')
      throw new Error('Apollo Server answered in parts, which the schema has no directive for')
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
