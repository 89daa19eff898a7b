import { setTimeout as delay } from 'node:timers/promises'
import { bytesOf, type Wire } from './fault-proxy.ts'
import { runMatrix, type Fault } from './matrix.ts'
import { done, drip, flood, late, midBody, midHead, once, silence } from './wires.ts'

/** The yes comes first, and then the work. */
const accepted: Wire = async ({ socket, answer }) => {
  socket.write(bytesOf({ status: 202, headers: {}, body: Buffer.alloc(0) }))
  await delay(300)
  await answer()
}

/** It hangs on who is faster, and both are true. */
const EITHER = ['APPLIED', 'UNKNOWN']
const TIMEOUT = 'UPSTREAM_TIMEOUT'

const SLOW: readonly Fault[] = [
  { name: 'hang before headers, not done', wire: () => silence, reads: TIMEOUT, writes: 'UNKNOWN' },
  { name: 'hang before headers, done', wire: () => done(() => undefined), reads: TIMEOUT, writes: 'APPLIED' },
  { name: 'headers byte by byte', wire: () => drip(midHead), reads: TIMEOUT, writes: 'APPLIED' },
  { name: 'body byte by byte', wire: () => drip(midBody), reads: TIMEOUT, writes: 'APPLIED' },
  { name: '102 without an end', wire: () => flood, reads: TIMEOUT, writes: 'APPLIED' },
  { name: 'done after we gave up', wire: () => late(1_700), reads: TIMEOUT, writes: 'APPLIED' },
  {
    name: '202 at once, done a moment later',
    wire: () => accepted,
    reads: '-',
    writes: 'APPLIED',
    but: { 'update SP': EITHER, archive: EITHER },
  },
  { name: 'slow, but in time', wire: () => late(100), reads: 'data', writes: 'APPLIED' },
  {
    name: 'too slow once, then well',
    wire: () => once(late(1_700))(), // Less than twice of what was waited is left.
    reads: TIMEOUT,
    writes: 'APPLIED',
  },
]

runMatrix('slowness', SLOW)
