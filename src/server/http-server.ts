import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import cors from '@fastify/cors'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Secret } from '../config/secret.ts'
import { LOCAL, ROUTER } from '../graphql/caller.ts'
import type { Context } from '../graphql/context.ts'
import type { SourceState } from '../identity/source-states.ts'
import { errorBody, requestFault } from './error-body.ts'
import { createContext, type RequestContextOptions } from './request-context.ts'
import { readRequestId } from './request-id.ts'
import { requireLoopbackHost } from './loopback-host.ts'
import { requireRouterSecret } from './router-secret.ts'
import { SANDBOX_ORIGIN, sendSandbox } from './sandbox.ts'

/** Room for 1,000 representations with long ids. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024
/** Longer than routers and load balancers keep a connection idle, so that they close it and never meet a closed one. */
const KEEP_ALIVE_MS = 75_000
const READ_REQUEST_MS = 8_000

export interface HttpServerOptions extends RequestContextOptions {
  readonly apollo: ApolloServer<Context>
  readonly sourceStates: () => readonly SourceState[]
  readonly routerSecret: Secret | undefined
  readonly production: boolean
  readonly isDraining: () => boolean
  readonly onUnexpected: (error: unknown) => void
}

/** All that is served over HTTP. The Apollo server must have been started. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: readRequestId,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: READ_REQUEST_MS,
    http: { headersTimeout: READ_REQUEST_MS, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: 'idle',
  })
  server.removeContentTypeParser('text/plain')
  server.setErrorHandler<FastifyError>((error, _request, reply) => {
    const { status, body } = requestFault(error)
    if (status >= 500) options.onUnexpected(error)
    return reply.code(status).send(body)
  })
  server.addHook('onSend', async (_request, reply) => {
    // A connection that was kept after this answer would be waited for until the grace is over.
    if (options.isDraining()) void reply.header('connection', 'close')
  })
  // Fastify's own answer repeats the URL.
  server.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send(errorBody('BAD_USER_INPUT', 'Nothing is served here; GraphQL is at /graphql.')),
  )
  if (!options.routerSecret) server.addHook('onRequest', requireLoopbackHost)
  // Nothing that is served here may be kept by anything in between.
  server.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
  if (!options.production) await serveSandbox(server)
  serveHealth(server, options)
  serveGraphql(server, options)
  return server
}

function serveGraphql(server: FastifyInstance, options: HttpServerOptions): void {
  const admit = options.routerSecret ? [requireRouterSecret(options.routerSecret)] : []
  server.post('/graphql', {
    onRequest: admit,
    handler: fastifyApolloHandler(options.apollo, {
      context: async (request, reply) => createContext(request, reply, options.routerSecret ? ROUTER : LOCAL, options),
    }),
  })
  server.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: async (_request, reply) =>
      reply.code(405).header('allow', 'POST').send(errorBody('BAD_USER_INPUT', 'GraphQL is served to POST only.')),
  })
}

function serveHealth(server: FastifyInstance, options: HttpServerOptions): void {
  server.get('/health/live', async () => ({ status: 'live' }))
  // The state of the upstreams is told, but counts for nothing: one that is down must not take this server out as well.
  server.get('/health/ready', async (_request, reply) => {
    const draining = options.isDraining()
    const sources = options.sourceStates()
    return reply.code(draining ? 503 : 200).send({ status: draining ? 'draining' : 'ready', sources })
  })
}

async function serveSandbox(server: FastifyInstance): Promise<void> {
  await server.register(cors, { origin: [SANDBOX_ORIGIN], methods: ['POST'] })
  // Chrome asks this before a public page may speak to a server on the user's own machine.
  server.addHook('onSend', async (request, reply) => {
    if (request.headers['access-control-request-private-network']) {
      void reply.header('access-control-allow-private-network', 'true')
    }
  })
  server.get('/', async (_request, reply) => sendSandbox(reply))
}
