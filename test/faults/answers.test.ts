import { deflateSync, gzipSync } from 'node:zlib'
import { runMatrix, type Fault } from './matrix.ts'
import { altered, alteredJson, CANARY, instead } from './wires.ts'

/** Read again, the account stands as it did. */
const NOT_TAKEN = 'REJECTED:REJECTED_BY_SOURCE'
const INVALID = 'UPSTREAM_INVALID_RESPONSE'
const BOMB = gzipSync(Buffer.from(`{"a":"${'a'.repeat(20_000_000)}"}`))
const PAGE = `<!doctype html><p>Signed out: ${CANARY}</p>`
const DEEP = Buffer.from('['.repeat(500_000))

const rowsOf = (body: any): any[] | undefined => body.users ?? body.data?.items
const recordOf = (body: any): any => body.user ?? body.data
/** The record, or each row, changed; other bodies as they are. */
const changed = (change: (record: any) => any) => (body: any) => {
  const rows = rowsOf(body)
  if (body.users) return { ...body, users: rows?.map(change) }
  if (rows) return { data: { ...body.data, items: rows.map(change) } }
  if (body.user) return { user: change(body.user) }
  return { data: change(body.data) }
}

const BODIES: readonly Fault[] = [
  {
    name: 'called text/plain',
    wire: () => altered(() => ({ headers: { 'content-type': 'text/plain' } })),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'HTML under 200, not done',
    wire: () => instead(200, PAGE, { 'content-type': 'text/html' }),
    reads: INVALID,
    writes: 'UNKNOWN',
  },
  { name: 'HTML called JSON, not done', wire: () => instead(200, PAGE), reads: INVALID, writes: 'UNKNOWN' },
  {
    name: 'nothing under 200, not done',
    wire: () => instead(200, ''),
    reads: INVALID,
    writes: 'UNKNOWN',
    but: { 'update L': NOT_TAKEN },
  },
  {
    name: 'nothing under 200, done',
    wire: () => altered(() => ({ body: Buffer.alloc(0) })),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: '204, not done',
    wire: () => instead(204, ''),
    reads: INVALID,
    writes: 'UNKNOWN',
    but: { 'update L': NOT_TAKEN },
  },
  {
    name: 'invalid UTF-8',
    wire: () => altered(({ body }) => ({ body: Buffer.concat([body.subarray(0, -1), Buffer.from([0xff, 0x7d])]) })),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'a byte order mark',
    wire: () => altered(({ body }) => ({ body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]) })),
    reads: 'data',
    writes: 'APPLIED',
  },
  { name: '500,000 brackets', wire: () => instead(200, DEEP), reads: INVALID, writes: 'UNKNOWN' },
  {
    name: 'compressed, unasked',
    wire: () =>
      altered(({ body, headers }) => ({
        body: deflateSync(body),
        headers: { ...headers, 'content-encoding': 'deflate' },
      })),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'a gzip bomb',
    wire: () => instead(200, BOMB, { 'content-encoding': 'gzip' }),
    reads: INVALID,
    writes: 'UNKNOWN',
  },
  { name: 'null', wire: () => instead(200, 'null'), reads: INVALID, writes: 'UNKNOWN', but: { 'update L': NOT_TAKEN } },
  {
    name: 'an error under 200, not done',
    wire: () => instead(200, { error: { message: CANARY } }),
    reads: INVALID,
    writes: 'UNKNOWN',
    but: { 'update L': NOT_TAKEN },
  },
]

const SHAPES: readonly Fault[] = [
  {
    name: '__proto__ in it',
    wire: () =>
      alteredJson((body) =>
        JSON.stringify(body).replaceAll(
          /\{"(user_)?id"/g,
          '{"__proto__":{"isAdmin":true,"email":"jane.canary@example.com"},"$1id"',
        ),
      ),
    reads: 'data',
    writes: 'APPLIED',
  },
  {
    name: 'duplicate keys, the right ones last',
    wire: () => alteredJson((body) => JSON.stringify(body).replaceAll(/\{"(user_)?id"/g, '{"$1id":"other","$1id"')),
    reads: 'data',
    writes: 'APPLIED',
  },
  {
    name: 'ids as too large numbers',
    wire: () =>
      alteredJson((body) => JSON.stringify(body).replaceAll(/"((?:user_)?id)":"[^"]*"/g, '"$1":123456789012345678901')),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'ids as 1e999',
    wire: () => alteredJson((body) => JSON.stringify(body).replaceAll(/"((?:user_)?id)":"[^"]*"/g, '"$1":1e999')),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: "another user's record",
    wire: () =>
      alteredJson((body) =>
        recordOf(body)?.id || recordOf(body)?.user_id
          ? changed((record) => ({ ...record, id: 'other', user_id: 'other', email: CANARY }))(body)
          : body,
      ),
    reads: INVALID,
    writes: 'APPLIED',
    but: { 'list L': 'data', 'list SP': 'data', entities: 'data' },
  },
  { name: 'a list for an object', wire: () => alteredJson((body) => [body]), reads: INVALID, writes: 'APPLIED' },
  {
    name: 'an object for a list',
    wire: () => alteredJson((body) => ({ user: rowsOf(body)?.[0] ?? recordOf(body) })),
    reads: INVALID,
    writes: 'APPLIED',
    but: { get: 'data' },
  },
  {
    name: 'a list without its array',
    wire: () => alteredJson((body) => (body.users ? { count: 3 } : rowsOf(body) ? { data: { hasMore: false } } : {})),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'null for rows and records',
    wire: () => alteredJson(changed(() => null)),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'numbers for text',
    wire: () => alteredJson(changed((record) => ({ ...record, email: 5 }))),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'fields that nobody knows',
    wire: () => alteredJson(changed((record) => ({ x: { y: [1] }, ...record }))),
    reads: 'data',
    writes: 'APPLIED',
  },
]

runMatrix('bodies', BODIES)
runMatrix('shapes', SHAPES)
