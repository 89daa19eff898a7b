import { Pool } from 'undici'
import { PublicError, upstreamError, type Upstream } from '../errors.ts'
import { decodeJsonBody } from './json-body.ts'
import type { HttpTransport } from './transport.ts'

/** A page of 100 accounts has about 40 kB. */
const MAX_BODY_BYTES = 2 * 1024 * 1024

export interface UndiciTransportOptions {
  readonly upstream: Upstream
  /** Origin and, where the API does not sit at the root, the path in front of every request's. */
  readonly baseUrl: string
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
 */
export function createUndiciTransport(options: UndiciTransportOptions): ClosableTransport {
  const { upstream } = options
  const { origin, pathname } = new URL(options.baseUrl)
  const prefix = pathname.replace(/\/+$/, '')
  // The attempt has one timer of ours over everything; undici's own are coarse, and start anew with each byte.
  const pool = new Pool(origin, { connections: options.connections, headersTimeout: 0, bodyTimeout: 0 })

  const send: HttpTransport = async (request) => {
    request.signal.throwIfAborted()
    const attempt = new AbortController()
    const leave = (): void => attempt.abort(request.signal.reason)
    const giveUp = (): void => attempt.abort(upstreamError('UPSTREAM_TIMEOUT', upstream))
    request.signal.addEventListener('abort', leave, { once: true })
    const timer = setTimeout(giveUp, options.timeoutMs)
    try {
      const response = await pool.request({
        method: request.method,
        path: prefix + request.path || '/',
        // Compressed answers could be far larger than what was counted, and these are small.
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...bodyHeaders(request.json),
          ...request.headers,
        },
        body: request.json === undefined ? null : JSON.stringify(request.json),
        signal: attempt.signal,
      })
      const bytes = await readBody(response.body, upstream)
      const headers = singleHeaders(response.headers)
      return {
        status: response.statusCode,
        headers,
        body: decodeJsonBody(upstream, response.statusCode, headers, bytes),
      }
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.signal.reason
      throw error instanceof PublicError
        ? error
        : upstreamError('UPSTREAM_UNAVAILABLE', upstream, undefined, { cause: error })
    } finally {
      clearTimeout(timer)
      request.signal.removeEventListener('abort', leave)
    }
  }
  return { send, close: () => pool.destroy() }
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

function bodyHeaders(json: unknown): Record<string, string> {
  return json === undefined ? {} : { 'content-type': 'application/json' }
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
