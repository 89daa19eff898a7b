import type { IncomingHttpHeaders } from 'node:http'
import { asRecord } from './fault.ts'
import type { ThrottleHeaders } from './fault.ts'

/** One request as an endpoint sees it. */
export interface Exchange {
  method: string
  /** As received, undecoded. */
  path: string
  /** Path parameters, decoded. */
  params: Record<string, string>
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: string
}

/** What an endpoint says. No body: nothing at all is sent; text is sent as it is; anything else as JSON. */
export interface Answer {
  status: number
  body?: unknown
  contentType?: string
  headers?: Record<string, string>
}

/** An endpoint. It does its work at once, so that two requests never interleave; it may throw a Refusal. */
export type Endpoint = (exchange: Exchange) => Answer

/** An answer that ends an endpoint early. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.answer = answer
  }
}

/** How one upstream words its failures. */
export interface Dialect {
  /** The usual answer for a status, on this endpoint. */
  failure(status: number, endpoint: string): Answer
  /** The headers of a 429. */
  throttleHeaders(style: ThrottleHeaders, seconds: number, endpoint: string): Record<string, string>
}

/** The two ways that HTTP itself has, the same for every upstream. */
export function retryAfterHeaders(style: ThrottleHeaders, seconds: number, now: Date): Record<string, string> {
  if (style === 'retry-after') return { 'retry-after': String(seconds) }
  if (style === 'retry-after-date') return { 'retry-after': new Date(now.getTime() + seconds * 1000).toUTCString() }
  return {}
}

/** The body as a JSON object, or undefined when it is anything else. */
export function jsonObject(body: string): Record<string, unknown> | undefined {
  try {
    return asRecord(JSON.parse(body))
  } catch {
    return undefined
  }
}

/** ISO 8601 in UTC, whole seconds. */
export const wholeSeconds = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z')

export const looksLikeEmail = (value: string): boolean => /^[^\s@]+@[^\s@]+$/.test(value)

export const sameEmail = (a: string | null, b: string): boolean => a !== null && a.toLowerCase() === b.toLowerCase()
