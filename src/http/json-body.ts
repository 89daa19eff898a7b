import { isUtf8 } from 'node:buffer'
import { upstreamError, type Upstream } from '../errors.ts'

/** Whatever goes through a value level by level, as comparing and writing JSON do, ends in an overflow some thousands deep. */
const MAX_DEPTH = 24
/**
 * Parsing megabytes of nothing but brackets blocks the process for a second. A body below this is parsed in milliseconds
 * whatever it holds, so of ordinary pages only the values are gone through.
 */
const SCANNED_FROM_BYTES = 128 * 1024

const NOT_JSON = 'the answer is not JSON'
const TOO_DEEP = 'the answer is nested too deeply'

/**
 * Decodes an answer's body. A success must be JSON and say so, or be empty; of a failure the body is taken if it is JSON,
 * else left: proxies answer in HTML.
 *
 * @throws PublicError UPSTREAM_INVALID_RESPONSE. It has no cause, because what the parser says quotes the body.
 */
export function decodeJsonBody(
  upstream: Upstream,
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
): unknown {
  if (bytes.length === 0) return undefined
  const fault = findFault(headers, bytes)
  const body = fault === undefined ? parse(bytes) : undefined
  const found = fault ?? findFaultIn(body)
  if (found === undefined) return body
  if (status >= 200 && status < 300) throw upstreamError('UPSTREAM_INVALID_RESPONSE', upstream, found)
  return undefined
}

function findFault(headers: Readonly<Record<string, string>>, bytes: Buffer): string | undefined {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return 'the answer is compressed'
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '')) return NOT_JSON
  return bytes.length >= SCANNED_FROM_BYTES && isTooDeep(bytes) ? TOO_DEEP : undefined
}

function findFaultIn(body: unknown): string | undefined {
  if (body === undefined) return NOT_JSON
  return isObject(body) && isDeeperThan(MAX_DEPTH, body) ? TOO_DEEP : undefined
}

/** What `TextDecoder` would make of it, at half its cost. */
function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined
  try {
    return JSON.parse(bytes.toString('utf8', hasByteOrderMark(bytes) ? 3 : 0))
  } catch {
    return undefined
  }
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

/** Every answer is gone through: so nothing is made for it, and only what may be deep is looked into. */
function isDeeperThan(levels: number, value: object): boolean {
  if (levels === 0) return true
  if (Array.isArray(value)) {
    for (const each of value) if (isObject(each) && isDeeperThan(levels - 1, each)) return true
    return false
  }
  const members = value as Readonly<Record<string, unknown>>
  for (const name in members) {
    const member = members[name]
    if (isObject(member) && isDeeperThan(levels - 1, member)) return true
  }
  return false
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b])
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d])

function isTooDeep(bytes: Buffer): boolean {
  let depth = 0
  let inText = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number
    if (inText) {
      if (byte === BACKSLASH) index++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    else if (OPENING.has(byte)) {
      if (++depth > MAX_DEPTH) return true
    } else if (CLOSING.has(byte)) depth--
  }
  return false
}
