/** Which requests a fault meets. */
export interface FaultSelector {
  /** The exact name of an endpoint, e.g. `GET /user`; any, unless given. */
  endpoint?: string
  /** The exact path as received, undecoded; any, unless given. */
  path?: string
  /** Lets this many matching requests by first. */
  skip?: number
  /** How many requests it meets; until cleared, unless given. */
  times?: number
}

/** What goes wrong. `after`: the work is done (state changed, answer made up) before the wait; else it is not begun. */
export type FaultAction =
  /** The answer is late by `ms` milliseconds. A caller that hangs up meanwhile ends the request. */
  | { kind: 'latency'; ms: number; after?: boolean }
  /** The answer waits until the test calls `release()`. */
  | { kind: 'hold'; after?: boolean }
  /** Never answered. */
  | { kind: 'hang'; after?: boolean }
  /** Another status, with the upstream's usual body for it, or this one (text as it is, anything else as JSON). */
  | { kind: 'status'; status: number; body?: unknown; contentType?: string; headers?: Record<string, string> }
  /** 429, saying in the given way to come back after `seconds` (default 1). */
  | { kind: 'throttle'; headers?: ThrottleHeaders; seconds?: number }
  /** 307 to another place. */
  | { kind: 'redirect'; location: string }
  /** 200 and `application/json`, but the body is a page of HTML that quotes a person. */
  | { kind: 'not-json' }
  /** 200 and one JSON object of exactly this many bytes; `chunked`: without a content-length. */
  | { kind: 'huge'; bytes: number; chunked?: boolean }
  /** The connection is closed and nothing was done. */
  | { kind: 'drop' }
  /** The work is done, but the connection is closed instead of an answer. */
  | { kind: 'drop-after' }
  /** Half the answer under a content-length that promises all of it, then the connection is closed. */
  | { kind: 'truncate' }
  /** The answer comes a byte every `ms` milliseconds for `bytes` bytes (default 50), the rest at once. */
  | { kind: 'trickle'; ms: number; bytes?: number }
  /** The right body, called `text/html`. */
  | { kind: 'wrong-content-type' }
  /** Fields that nobody knows, at each level of the answer. */
  | { kind: 'unknown-fields' }
  /** Somebody else is faster: `run` is called before the work, or between the work and its answer. Not for admin calls. */
  | { kind: 'race'; run: () => void; after?: boolean }

/** `vendor`: what this upstream documents; `retry-after`: seconds; `retry-after-date`: an HTTP date. */
export type ThrottleHeaders = 'none' | 'vendor' | 'retry-after' | 'retry-after-date'

export type Fault = FaultAction & FaultSelector

type FieldType = 'string' | 'number' | 'boolean' | 'function' | 'any' | 'headers' | readonly string[]

const SELECTOR: Record<string, FieldType> = { endpoint: 'string', path: 'string', skip: 'number', times: 'number' }

/** Fields per kind; `!` marks those that must be there. */
const FIELDS: Record<Fault['kind'], Record<string, FieldType>> = {
  latency: { 'ms!': 'number', after: 'boolean' },
  hold: { after: 'boolean' },
  hang: { after: 'boolean' },
  status: { 'status!': 'number', body: 'any', contentType: 'string', headers: 'headers' },
  throttle: { headers: ['none', 'vendor', 'retry-after', 'retry-after-date'], seconds: 'number' },
  redirect: { 'location!': 'string' },
  'not-json': {},
  huge: { 'bytes!': 'number', chunked: 'boolean' },
  drop: {},
  'drop-after': {},
  truncate: {},
  trickle: { 'ms!': 'number', bytes: 'number' },
  'wrong-content-type': {},
  'unknown-fields': {},
  race: { 'run!': 'function', after: 'boolean' },
}

/** Takes a fault from outside; throws an Error that says what is wrong with it. */
export function parseFault(input: unknown): Fault {
  const fault = asRecord(input)
  if (fault === undefined) throw new Error('a fault must be a JSON object')
  const kind = fault['kind']
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) {
    throw new Error(`a fault's "kind" must be one of: ${Object.keys(FIELDS).join(', ')}`)
  }
  const { kind: _, ...rest } = fault
  const fields = { ...SELECTOR, ...FIELDS[kind as Fault['kind']] }
  for (const [name, value] of Object.entries(rest)) {
    const type = fields[`${name}!`] ?? fields[name]
    if (type === undefined) throw new Error(`a ${kind} fault has no field "${name}"`)
    if (!fits(value, type)) throw new Error(`"${name}" of a ${kind} fault must be ${wanted(type)}`)
  }
  for (const name of Object.keys(fields)) {
    const required = name.endsWith('!') ? name.slice(0, -1) : undefined
    if (required !== undefined && !(required in rest)) throw new Error(`a ${kind} fault needs "${required}"`)
  }
  if (kind === 'status') {
    const status = Number(fault['status'])
    if (status < 200 || status > 599) throw new Error('"status" of a status fault must be from 200 to 599')
  }
  return fault as unknown as Fault
}

/** The value when it is a JSON object (no array, not null). */
export function asRecord(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return value as Record<string, unknown>
}

function fits(value: unknown, type: FieldType): boolean {
  if (type === 'any') return true
  if (typeof type === 'object') return type.some((word) => word === value)
  if (type === 'number') return Number.isInteger(value) && Number(value) >= 0
  if (type !== 'headers') return typeof value === type
  const headers = asRecord(value)
  return headers !== undefined && Object.values(headers).every((header) => typeof header === 'string')
}

function wanted(type: FieldType): string {
  if (typeof type === 'object') return `one of: ${type.join(', ')}`
  if (type === 'number') return 'a whole number, 0 or more'
  return type === 'headers' ? 'an object of strings' : `a ${type}`
}
