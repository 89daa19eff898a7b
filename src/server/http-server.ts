import type { ApolloServer } from '@apollo/server'
import cors from '@fastify/cors'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import type { Context } from '../graphql/context.ts'
import type { SourceState } from '../identity/source-states.ts'
import { answerClientError, guardConnections } from './connections.ts'
import { errorBody, requestFault } from './error-body.ts'
import { createGate, type GateOptions } from './gate.ts'
import { createGraphqlHandler } from './graphql-handler.ts'
import { requirePlainRequest } from './plain-request.ts'
import { serveMetrics, type ServedMetrics } from './metrics.ts'
import { createContext, type RequestContextOptions } from './request-context.ts'
import { readRequestId } from './request-id.ts'
import { requireLoopbackHost } from './loopback-host.ts'
import { SANDBOX_ORIGIN, sendSandbox } from './sandbox.ts'

/** Room for 1,000 representations with long ids. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024
/** Longer than routers and load balancers keep a connection idle, so that they close it and never meet a closed one. */
const KEEP_ALIVE_MS = 75_000

export interface HttpServerOptions extends RequestContextOptions, GateOptions {
  readonly apollo: ApolloServer<Context>
  readonly sourceStates: () => readonly SourceState[]
  readonly production: boolean
  /** How long a request may take to arrive. */
  readonly readRequestMs: number
  readonly isDraining: () => boolean
  readonly onUnexpected: (error: unknown, requestId?: string) => void
  readonly metrics: ServedMetrics
}

/** All that is served over HTTP. The Apollo server must have been started. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: readRequestId,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: options.readRequestMs,
    // Node's own answer to a missing Host header has no code; `requirePlainRequest` gives one.
    http: { headersTimeout: options.readRequestMs, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    // Fastify's own answer repeats the URL.
    frameworkErrors: (_error, _request, reply) =>
      void (reply as unknown as FastifyReply)
        .code(400)
        .header('cache-control', 'no-store')
        .send(errorBody('BAD_USER_INPUT', 'The URL is not valid.')),
  })
  guardConnections(server.server)
  server.removeContentTypeParser('text/plain')
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, body } = requestFault(error)
    if (status >= 500) options.onUnexpected(error, request.id)
    return reply.code(status).send(body)
  })
  // Hooks of every request are no async functions: Fastify waits for each of those.
  server.addHook('onSend', (_request, reply, payload, done) => {
    // A connection that was kept after this answer would be waited for until the grace is over.
    if (options.isDraining()) void reply.header('connection', 'close')
    done(null, payload)
  })
  server.addHook('onRequest', (request, reply, done) => {
    // So that a caller can name the request when asking what became of it.
    void reply.header('x-request-id', request.id)
    // Nothing that is served here may be kept by anything in between.
    void reply.header('cache-control', 'no-store')
    done()
  })
  // Fastify's own answer repeats the URL.
  server.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send(errorBody('BAD_USER_INPUT', 'Nothing is served here; GraphQL is at /graphql.')),
  )
  if (!options.routerSecret && !options.verifyToken) server.addHook('onRequest', requireLoopbackHost)
  if (!options.production) await serveSandbox(server)
  serveHealth(server, options)
  serveMetrics(server, options.metrics)
  serveGraphql(server, options)
  return server
}

function serveGraphql(server: FastifyInstance, options: HttpServerOptions): void {
  const gate = createGate(options)
  server.post('/graphql', {
    onRequest: [requirePlainRequest, ...gate.hooks],
    handler: createGraphqlHandler(options.apollo, (request, reply) =>
      createContext(request, reply, gate.callerOf(request), options),
    ),
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
