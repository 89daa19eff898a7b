import { Pool, type Dispatcher } from 'undici'
import { PublicError, upstreamError, type Delivery, type Upstream } from '../errors.ts'
import { Exchange } from './exchange.ts'
import { decodeJsonBody } from './json-body.ts'
import { effectOf, type HttpRequest, type HttpTransport } from './transport.ts'

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
 * `dispatch` and not `fetch`: it costs a fraction of the CPU, does not normalize paths, and never follows a redirect, which
 * would carry our keys to another host.
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

  const send: HttpTransport = async (request) => {
    request.signal.throwIfAborted()
    const exchange = new Exchange(upstream)
    const leave = (): void => exchange.breakOff(request.signal.reason)
    const giveUp = (): void => exchange.breakOff(upstreamError('UPSTREAM_TIMEOUT', upstream, undefined, fate(exchange)))
    request.signal.addEventListener('abort', leave, { once: true })
    const timer = setTimeout(giveUp, options.timeoutMs)
    try {
      const pool = effectOf(request) === 'read' ? kept : fresh
      pool.dispatch(toUndici(request, prefix), exchange)
      const { status, headers, bytes } = await exchange.response
      return { status, headers, body: decodeJsonBody(upstream, status, headers, bytes) }
    } catch (error) {
      if (exchange.broken) throw exchange.broken.reason
      if (error instanceof PublicError) throw error
      throw upstreamError('UPSTREAM_UNAVAILABLE', upstream, undefined, { cause: error, ...fate(exchange) })
    } finally {
      clearTimeout(timer)
      request.signal.removeEventListener('abort', leave)
    }
  }
  return { send, close: async () => void (await Promise.all([kept.destroy(), fresh.destroy()])) }
}

function fate({ sent }: Exchange): { delivery: Delivery } {
  return { delivery: sent ? 'UNKNOWN' : 'NOT_SENT' }
}

function toUndici(request: HttpRequest, prefix: string): Dispatcher.DispatchOptions {
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
