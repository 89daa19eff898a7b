import { pass } from './fault-proxy.ts'
import { runMatrix, type Fault } from './matrix.ts'
import { close, cutAt, done, instead, midBody, midHead, once, reset, under } from './wires.ts'

const UNAVAILABLE = 'UPSTREAM_UNAVAILABLE'
const INVALID = 'UPSTREAM_INVALID_RESPONSE'
const HUGE = Buffer.from(`"${'a'.repeat(2_200_000)}"`)
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

const SOCKETS: readonly Fault[] = [
  { name: 'no fault', wire: () => pass, reads: 'data', writes: 'APPLIED' },
  { name: 'closed port', place: 'leave', reads: UNAVAILABLE, writes: UNAVAILABLE },
  { name: 'accept and close', place: 'hang up', reads: UNAVAILABLE, writes: UNAVAILABLE },
  {
    name: 'reset before headers, not done',
    wire:
      () =>
      ({ socket }) =>
        reset(socket),
    reads: UNAVAILABLE,
    writes: 'UNKNOWN',
  },
  { name: 'reset before headers, done', wire: () => done(reset), reads: UNAVAILABLE, writes: 'APPLIED' },
  { name: 'closed before headers, done', wire: () => done(close), reads: UNAVAILABLE, writes: 'APPLIED' },
  { name: 'reset mid headers', wire: () => cutAt(midHead, reset), reads: UNAVAILABLE, writes: 'APPLIED' },
  { name: 'reset mid body', wire: () => cutAt(midBody, reset), reads: UNAVAILABLE, writes: 'APPLIED' },
  { name: 'closed mid body', wire: () => cutAt(midBody, close), reads: UNAVAILABLE, writes: 'APPLIED' },
  {
    name: 'reset on a connection used before',
    place: 'reused',
    wire:
      () =>
      ({ socket }) =>
        reset(socket),
    reads: 'data',
    writes: 'APPLIED',
  },
  {
    name: 'reset once, then well',
    wire: () => once(({ socket }) => reset(socket))(),
    reads: 'data',
    writes: 'APPLIED',
    // A creation is never made a second time.
    but: { 'create L': 'UNKNOWN', 'create SP': 'UNKNOWN' },
  },
]

const FRAMING: readonly Fault[] = [
  {
    name: 'a header of 64 kB',
    wire: () => under((length) => `${HEAD}x: ${'a'.repeat(65_536)}\r\ncontent-length: ${length}\r\n\r\n`),
    reads: UNAVAILABLE,
    writes: 'APPLIED',
  },
  { name: 'a body of 2.2 MB', wire: () => instead(200, HUGE), reads: INVALID, writes: 'UNKNOWN' },
  {
    name: 'content-length too long, then closed',
    wire: () =>
      done((socket, { body }) => {
        socket.write(`${HEAD}content-length: ${body.length + 10}\r\n\r\n`)
        socket.end(body)
      }),
    reads: UNAVAILABLE,
    writes: 'APPLIED',
  },
  {
    name: 'content-length too short',
    wire: () => under((length) => `${HEAD}content-length: ${Math.max(length - 5, 1)}\r\n\r\n`),
    reads: INVALID,
    writes: 'APPLIED',
  },
  {
    name: 'two content-lengths',
    wire: () => under((length) => `${HEAD}content-length: ${length}\r\ncontent-length: 5\r\n\r\n`),
    reads: UNAVAILABLE,
    writes: 'APPLIED',
  },
  {
    name: 'garbage for chunks',
    wire: () => under(() => `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`),
    reads: UNAVAILABLE,
    writes: 'APPLIED',
  },
  {
    name: 'a chunk that ends early',
    wire: () =>
      done((socket, { body }) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\nffff\r\n`)
        socket.end(body)
      }),
    reads: UNAVAILABLE,
    writes: 'APPLIED',
  },
  {
    name: 'no HTTP at all',
    wire:
      () =>
      ({ socket }) =>
        void socket.end('SSH-2.0-OpenSSH_9.2 jane.canary\r\n'),
    reads: UNAVAILABLE,
    writes: 'UNKNOWN',
  },
]

runMatrix('connections', SOCKETS)
runMatrix('framing', FRAMING)
