import { DecoratorHandler, Pool, type Dispatcher } from 'undici'
import { PublicError, upstreamError, type Delivery, type Upstream } from '../errors.ts'
import { decodeJsonBody } from './json-body.ts'
import { unlessAborted } from './shared-calls.ts'
import { effectOf, type HttpRequest, type HttpResponse, type HttpTransport } from './transport.ts'

/** A page of 100 accounts has about 40 kB. */
const MAX_BODY_BYTES = 2 * 1024 * 1024
/** From looking up the name to the end of the TLS handshake. Until then nothing was sent. */
const CONNECT_TIMEOUT_MS = 1_000

export interface UndiciTransportOptions {
  readonly upstream: Upstream
  /** Origin and, where the API does not sit at the root, the path in front of every request's. */
  readonly baseUrl: string
  /** For reads. Writes have connections of their own, as many as there are writes. */
  readonly connections: number
  /** From sending to the last byte of the answer. */
  readonly timeoutMs: number
}

export interface ClosableTransport {
  readonly send: HttpTransport
  close(): Promise<void>
}

/**
 * `Pool.request` and not `fetch`: it costs a fifth of the CPU, does not normalize paths, and never follows a redirect,
 * which would carry our keys to another host.
 *
 * A connection that was kept may be closed by the other side in the moment in which we write to it, and then nobody knows
 * whether the request got there. Reads are made again; each write gets a connection that was never used before.
 */
export function createUndiciTransport(options: UndiciTransportOptions): ClosableTransport {
  const { upstream } = options
  const { origin, pathname } = new URL(options.baseUrl)
  const prefix = pathname.replace(/\/+$/, '')
  const common: Pool.Options = {
    // The attempt has one timer of ours over everything; undici's own are coarse, and start anew with each byte.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    // One request to a connection at a time, whatever the other side would offer.
    allowH2: false,
  }
  const kept = new Pool(origin, { ...common, connections: options.connections })
  const fresh = new Pool(origin, { ...common, pipelining: 0 })
  const dispatchers = { kept: kept.compose(noteSending), fresh: fresh.compose(noteSending) }

  const send: HttpTransport = async (request) => {
    request.signal.throwIfAborted()
    const attempt = new AbortController()
    const progress: Progress = { sent: false }
    const leave = (): void => attempt.abort(request.signal.reason)
    const giveUp = (): void => attempt.abort(upstreamError('UPSTREAM_TIMEOUT', upstream, undefined, fate(progress)))
    request.signal.addEventListener('abort', leave, { once: true })
    const timer = setTimeout(giveUp, options.timeoutMs)
    try {
      const dispatcher = effectOf(request) === 'read' ? dispatchers.kept : dispatchers.fresh
      const call = { ...toUndici(request, prefix), opaque: progress, signal: attempt.signal }
      // Undici notices that it is over only when it has a connection, or has none for good.
      return await unlessAborted(exchange(upstream, dispatcher, call), attempt.signal)
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.signal.reason
      if (error instanceof PublicError) throw error
      throw upstreamError('UPSTREAM_UNAVAILABLE', upstream, undefined, { cause: error, ...fate(progress) })
    } finally {
      clearTimeout(timer)
      request.signal.removeEventListener('abort', leave)
    }
  }
  return { send, close: async () => void (await Promise.all([kept.destroy(), fresh.destroy()])) }
}

/** How far a request got. */
interface Progress {
  sent: boolean
}

/** Undici calls `onRequestStart` when it has a connection, right before the first byte goes out. */
const noteSending: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, new SendingHandler(handler, (options as { opaque?: Progress }).opaque))

/** Undici's types leave out the methods that it has. */
const Decorator = DecoratorHandler as new (handler: Dispatcher.DispatchHandler) => {
  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void
}

class SendingHandler extends Decorator {
  readonly #progress: Progress | undefined

  constructor(handler: Dispatcher.DispatchHandler, progress: Progress | undefined) {
    super(handler)
    this.#progress = progress
  }

  override onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    if (this.#progress) this.#progress.sent = true
    super.onRequestStart(controller, context)
  }
}

function fate({ sent }: Progress): { delivery: Delivery } {
  return { delivery: sent ? 'UNKNOWN' : 'NOT_SENT' }
}

function toUndici(request: HttpRequest, prefix: string): Dispatcher.RequestOptions<Progress> {
  const { method, json } = request
  return {
    method,
    path: prefix + request.path || '/',
    // Compressed answers could be far larger than what was counted, and these are small.
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...request.headers,
    },
    body: json === undefined ? null : JSON.stringify(json),
  }
}

async function exchange(
  upstream: Upstream,
  dispatcher: Dispatcher,
  options: Dispatcher.RequestOptions<Progress>,
): Promise<HttpResponse> {
  const { statusCode: status, headers: raw, body } = await dispatcher.request(options)
  const bytes = await readBody(body, upstream)
  const headers = singleHeaders(raw)
  return { status, headers, body: decodeJsonBody(upstream, status, headers, bytes) }
}

async function readBody(body: AsyncIterable<Buffer>, upstream: Upstream): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    // Leaving the loop destroys the stream, and with it the connection.
    if (length > MAX_BODY_BYTES) throw upstreamError('UPSTREAM_INVALID_RESPONSE', upstream, 'the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
