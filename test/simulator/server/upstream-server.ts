import fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { Refusal } from './answer.ts'
import type { Answer, Dialect, Endpoint, Exchange } from './answer.ts'
import { createCallRecorder, loggedQuery } from './call-log.ts'
import type { CallRecord, Calls } from './call-log.ts'
import { answerInstead, deliver, deliverHuge, pause } from './delivery.ts'
import { createFaultBook } from './fault-book.ts'
import type { Faults, Wait } from './fault-book.ts'

/** A route: its name is `METHOD /path/{parameter}`. */
export interface Route {
  method: HTTPMethods
  path: string
  endpoint: Endpoint
}

export interface UpstreamServer {
  app: FastifyInstance
  faults: Faults
  calls: Calls
  /** Starts listening on 127.0.0.1; resolves to the base URL, without a slash at its end. */
  listen(port: number): Promise<string>
  /** Ends at once: open sockets are cut, whatever they wait for. */
  close(): Promise<void>
}

/**
 * One HTTP server that plays an upstream: it counts, meets the faults, and writes to the socket itself, since half of
 * the faults are nothing that a web framework would send. Paths under `/_admin/` are left to other routes of `app`.
 */
export function createUpstreamServer(routes: readonly Route[], unrouted: Endpoint, dialect: Dialect): UpstreamServer {
  const faults = createFaultBook()
  const calls = createCallRecorder()
  const records = new WeakMap<FastifyRequest, CallRecord>()

  async function serve(request: FastifyRequest, reply: FastifyReply, endpoint: Endpoint): Promise<void> {
    reply.hijack()
    const response = reply.raw
    const record = records.get(request) ?? begin(request, reply)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const { waits, failure } = faults.plan(record.endpoint, record.path)

    await sitOut(
      waits.filter((wait) => wait.after !== true),
      gone.signal,
    )
    // Whoever hung up while waiting has asked for nothing: no state changes.
    if (response.destroyed) return
    if (failure?.kind === 'drop') return void response.destroy()
    if (failure?.kind === 'hang' && failure.after !== true) return
    if (failure?.kind === 'huge') {
      record.status = 200
      return deliverHuge(response, failure.bytes, failure.chunked === true)
    }
    const instead = failure === undefined ? undefined : answerInstead(failure, dialect, record.endpoint)
    const answer = instead ?? work(endpoint, exchangeOf(request))
    await sitOut(
      waits.filter((wait) => wait.after === true),
      gone.signal,
    )
    if (response.destroyed || failure?.kind === 'hang') return
    if (failure?.kind === 'drop-after') return void response.destroy()
    record.status = answer.status
    return deliver(response, answer, failure, gone.signal)
  }

  async function sitOut(waits: readonly Wait[], gone: AbortSignal): Promise<void> {
    for (const wait of waits) {
      if (wait.kind === 'race') wait.run()
      else await (wait.kind === 'hold' ? faults.hold(gone) : pause(wait.ms, gone))
    }
  }

  function begin(request: FastifyRequest, reply: FastifyReply, endpoint = 'unknown'): CallRecord {
    const { path, query } = targetOf(request)
    const record = { endpoint, method: request.method, path, query: loggedQuery(query) }
    records.set(request, record)
    calls.begin(record, reply.raw)
    return record
  }

  const app = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    bodyLimit: 16 * 2 ** 20,
    routerOptions: { maxParamLength: 10_000 },
    frameworkErrors: (_error, request, reply) => void serve(request, reply, unrouted),
  })
  // Bodies stay text: what is wrong with them is for the endpoint to say, in its upstream's words.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/_admin/')) return
    const { url } = request.routeOptions
    const routed = url !== undefined && !request.is404 && !lacksParameter(request)
    begin(request, reply, routed ? endpointName(request.method, url) : undefined)
  })
  app.setNotFoundHandler((request, reply) => serve(request, reply, unrouted))
  app.setErrorHandler((_error, request, reply) => serve(request, reply, () => dialect.failure(400, 'unknown')))
  for (const { method, path, endpoint } of routes) {
    app.route({
      method,
      url: path,
      handler: (request, reply) => serve(request, reply, lacksParameter(request) ? unrouted : endpoint),
    })
  }

  return {
    app,
    faults,
    calls,
    listen: (port) => app.listen({ host: '127.0.0.1', port }),
    async close() {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

function work(endpoint: Endpoint, exchange: Exchange): Answer {
  try {
    return endpoint(exchange)
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    // A mistake in the simulator itself: say so loudly, no test expects this status.
    return { status: 599, body: { simulatorError: String(error) } }
  }
}

/** `/user/` is nobody's path, though the router takes it for a user with an empty id. */
function lacksParameter(request: FastifyRequest): boolean {
  return Object.values(request.params as Record<string, string>).includes('')
}

function endpointName(method: string, path: string): string {
  return `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`
}

function targetOf(request: FastifyRequest): { path: string; query: URLSearchParams } {
  const target = request.raw.url ?? '/'
  const mark = target.indexOf('?')
  if (mark < 0) return { path: target, query: new URLSearchParams() }
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) }
}

function exchangeOf(request: FastifyRequest): Exchange {
  return {
    ...targetOf(request),
    method: request.method,
    params: request.params as Record<string, string>,
    headers: request.headers,
    body: typeof request.body === 'string' ? request.body : '',
  }
}
