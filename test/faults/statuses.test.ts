import { runMatrix, type Fault } from './matrix.ts'
import { altered, instead, once } from './wires.ts'

const UNAVAILABLE = 'UPSTREAM_UNAVAILABLE'
const TIMEOUT = 'UPSTREAM_TIMEOUT'
const INVALID = 'UPSTREAM_INVALID_RESPONSE'
const THROTTLED = 'UPSTREAM_THROTTLED'
const UNAUTHORIZED = 'UPSTREAM_UNAUTHORIZED'
const REJECTED = 'REJECTED:REJECTED_BY_SOURCE'
const NOT_GRANTED = 'REJECTED:NOT_GRANTED'
const NOT_FOUND = 'REJECTED:NOT_FOUND'

const inAMinute = (): string => new Date(Date.now() + 60_000).toUTCString()

const REDIRECTS: readonly Fault[] = [
  ...[307, 308].map((status) => ({
    name: `${status} to a stranger`,
    wire: (trap: string) => instead(status, '', { location: `${trap}/user` }),
    reads: INVALID,
    writes: INVALID,
  })),
  // After these it may have been done: it is how a form is answered.
  ...[301, 302, 303].map((status) => ({
    name: `${status} to a stranger, not done`,
    wire: (trap: string) => instead(status, '', { location: `${trap}/user` }),
    reads: INVALID,
    writes: 'UNKNOWN',
  })),
  ...[301, 302, 303].map((status) => ({
    name: `${status} to a stranger, done`,
    wire: (trap: string) => altered(() => ({ status, headers: { location: `${trap}/user` } })),
    reads: INVALID,
    writes: 'APPLIED',
  })),
]

const REFUSALS: readonly Fault[] = [
  ...[400, 409, 422].map((status) => ({
    name: String(status),
    wire: () => instead(status),
    reads: INVALID,
    writes: REJECTED,
  })),
  {
    name: '401',
    wire: () => instead(401),
    reads: UNAUTHORIZED,
    writes: UNAUTHORIZED,
    but: { 'create L': NOT_GRANTED, 'update L': NOT_GRANTED },
  },
  { name: '403', wire: () => instead(403), reads: UNAUTHORIZED, writes: NOT_GRANTED },
  {
    name: '404',
    wire: () => instead(404),
    reads: INVALID,
    writes: NOT_FOUND,
    but: { get: 'null', 'create L': REJECTED, 'create SP': REJECTED },
  },
  // Gateways say it of a server that is still at it.
  { name: '408', wire: () => instead(408), reads: TIMEOUT, writes: 'UNKNOWN' },
  { name: '418', wire: () => instead(418), reads: INVALID, writes: INVALID },
  { name: '429', wire: () => instead(429), reads: THROTTLED, writes: THROTTLED },
  {
    name: '429 for 1 s, then well',
    wire: () => once(instead(429, {}, { 'retry-after': '1' }))(),
    reads: 'data',
    writes: 'APPLIED',
  },
  { name: '429 for 60 s', wire: () => instead(429, {}, { 'retry-after': '60' }), reads: THROTTLED, writes: THROTTLED },
  {
    name: '429 until a date',
    wire: () => instead(429, {}, { 'retry-after': inAMinute() }),
    reads: THROTTLED,
    writes: THROTTLED,
  },
  {
    name: '429 for ever',
    wire: () => instead(429, {}, { 'retry-after': '99999999999' }),
    reads: THROTTLED,
    writes: THROTTLED,
  },
  {
    name: '429 for "soon"',
    wire: () => once(instead(429, {}, { 'retry-after': 'soon' }))(),
    reads: 'data',
    writes: 'APPLIED',
  },
  {
    name: '429, X-RateLimit',
    wire: () => instead(429, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-retry-after': '30' }),
    reads: THROTTLED,
    writes: THROTTLED,
  },
]

const FAILURES: readonly Fault[] = [
  ...[500, 501, 502, 503].map((status) => ({
    name: `${status}, not done`,
    wire: () => instead(status),
    reads: UNAVAILABLE,
    writes: 'UNKNOWN',
  })),
  { name: '504, not done', wire: () => instead(504), reads: TIMEOUT, writes: 'UNKNOWN' },
  { name: '500, done', wire: () => altered(() => ({ status: 500 })), reads: UNAVAILABLE, writes: 'APPLIED' },
  { name: '504, done', wire: () => altered(() => ({ status: 504 })), reads: TIMEOUT, writes: 'APPLIED' },
  {
    name: '503 for 60 s',
    wire: () => instead(503, {}, { 'retry-after': '60' }),
    reads: UNAVAILABLE,
    writes: 'UNKNOWN',
  },
  {
    name: '503 once, then well',
    wire: () => once(instead(503))(),
    reads: 'data',
    writes: 'APPLIED',
    but: { 'create L': 'UNKNOWN', 'create SP': 'UNKNOWN' },
  },
  { name: '599', wire: () => instead(599), reads: UNAVAILABLE, writes: 'UNKNOWN' },
]

runMatrix('redirects', REDIRECTS)
runMatrix('refusals', REFUSALS)
runMatrix('failures', FAILURES)
