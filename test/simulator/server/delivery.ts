import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as after } from 'node:timers/promises'
import type { Answer, Dialect } from './answer.ts'
import type { Failure } from './fault-book.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

const PAGE_QUOTING_A_PERSON =
  '<!doctype html><html><body><h1>Please sign in</h1><p>Signed out: Ana Silva, ana.silva@example.com</p></body></html>'

/** Resolves after `ms` milliseconds, or as soon as the caller is gone. */
export async function pause(ms: number, gone: AbortSignal): Promise<void> {
  await after(ms, undefined, { signal: gone }).catch(() => undefined)
}

/** The answer that a fault gives in place of the endpoint's own; undefined when the endpoint is to do its work. */
export function answerInstead(failure: Failure, dialect: Dialect, endpoint: string): Answer | undefined {
  switch (failure.kind) {
    case 'status': {
      const usual = dialect.failure(failure.status, endpoint)
      return {
        status: failure.status,
        body: failure.body === undefined ? usual.body : failure.body,
        headers: { ...usual.headers, ...failure.headers },
        ...(failure.contentType !== undefined && { contentType: failure.contentType }),
      }
    }
    case 'throttle': {
      const usual = dialect.failure(429, endpoint)
      const headers = dialect.throttleHeaders(failure.headers ?? 'none', failure.seconds ?? 1, endpoint)
      return { ...usual, headers: { ...usual.headers, ...headers } }
    }
    case 'redirect':
      return { status: 307, headers: { location: failure.location } }
    case 'not-json':
      return { status: 200, body: PAGE_QUOTING_A_PERSON }
    default:
      return undefined
  }
}

/** Puts an answer on the wire, in the way that the fault spoils it. Resolves when all is sent or the caller is gone. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  failure: Failure | undefined,
  gone: AbortSignal,
): Promise<void> {
  const spoiled = failure?.kind === 'unknown-fields' ? withUnknownFields(answer.body) : answer.body
  const body = bytesOf(spoiled)
  const type = failure?.kind === 'wrong-content-type' ? 'text/html; charset=utf-8' : (answer.contentType ?? JSON_TYPE)
  response.statusCode = answer.status
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  if (answer.body !== undefined) response.setHeader('content-type', type)
  if (answer.status !== 204) response.setHeader('content-length', body.length)

  if (failure?.kind === 'truncate') {
    // An empty answer cannot be halved: promise something all the same.
    response.setHeader('content-length', Math.max(body.length, 1))
    response.write(body.subarray(0, Math.floor(body.length / 2)))
    response.flushHeaders()
    response.socket?.destroySoon()
    return
  }
  if (failure?.kind === 'trickle') {
    const slow = Math.min(failure.bytes ?? 50, body.length)
    for (let sent = 0; sent < slow && !gone.aborted; sent += 1) {
      response.write(body.subarray(sent, sent + 1))
      await pause(failure.ms, gone)
    }
    response.end(body.subarray(slow))
    return
  }
  response.end(body)
}

/** A JSON object of exactly `bytes` bytes (at least 14), made up while it is sent. */
export async function deliverHuge(response: ServerResponse, bytes: number, chunked: boolean): Promise<void> {
  response.statusCode = 200
  response.setHeader('content-type', JSON_TYPE)
  if (!chunked) response.setHeader('content-length', Math.max(bytes, 14))
  await pipeline(Readable.from(hugeObject(bytes)), response).catch(() => undefined)
}

function* hugeObject(bytes: number): Generator<Buffer> {
  yield Buffer.from('{"padding":"')
  const block = Buffer.alloc(65_536, 'x')
  for (let left = bytes - 14; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length))
  yield Buffer.from('"}')
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0)
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, field]) => [name, withUnknownFields(field)])
  return { x_unknown: 'new', ...Object.fromEntries(fields), x_nested: { list: [1, null, { deep: true }] } }
}
