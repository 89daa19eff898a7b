import { setTimeout as delay } from 'node:timers/promises'
import { bytesOf, type Answer, type Line, type Wire } from './fault-proxy.ts'

/** Stands for personal data and secrets in what upstreams say; nobody may ever repeat it. */
export const CANARY = 'jane.canary.7f3a@example.com'

const JSON_TYPE = { 'content-type': 'application/json' }

/** An answer of the fault's own; the upstream is not asked, so nothing is done. */
export function instead(
  status: number,
  body: unknown = { error: `No, ${CANARY}` },
  headers: Answer['headers'] = {},
): Wire {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return ({ socket }) => void socket.write(bytesOf({ status, headers: { ...JSON_TYPE, ...headers }, body: bytes }))
}

/** The work is done, and its answer comes changed. */
export function altered(change: (answer: Answer) => Partial<Answer>): Wire {
  return async ({ socket, answer }) => {
    const real = await answer()
    socket.write(bytesOf({ ...real, ...change(real) }))
  }
}

/** The work is done, and the JSON of its answer comes changed. */
export function alteredJson(change: (body: any, line: Line) => unknown): Wire {
  return async (line) => {
    const real = await line.answer()
    const changed = real.body.length === 0 ? '' : change(JSON.parse(real.body.toString()), line)
    const text = typeof changed === 'string' ? changed : JSON.stringify(changed)
    line.socket.write(bytesOf({ ...real, body: Buffer.from(text) }))
  }
}

/** The work is done, and its answer goes onto the wire as `send` does it. */
export function done(send: (socket: Line['socket'], answer: Answer) => void | Promise<void>): Wire {
  return async ({ socket, answer }) => send(socket, await answer())
}

/** The work is done, and a part of the answer's bytes goes out before `end`. */
export function cutAt(place: (bytes: Buffer) => number, end: (socket: Line['socket']) => void): Wire {
  return done(async (socket, answer) => {
    const bytes = bytesOf(answer)
    socket.write(bytes.subarray(0, place(bytes)))
    // A reset overtakes what was written right before it.
    await delay(20)
    end(socket)
  })
}

export const midHead = (): number => 12
export const midBody = (bytes: Buffer): number => bytes.indexOf('\r\n\r\n') + 8
export const reset = (socket: Line['socket']): void => void socket.resetAndDestroy()
export const close = (socket: Line['socket']): void => void socket.destroy()
export const silence: Wire = () => undefined

/** The answer a few bytes at a time, from `place` on, so slowly that no attempt ends. */
export function drip(place: (bytes: Buffer) => number): Wire {
  return done(async (socket, answer) => {
    const bytes = bytesOf(answer)
    const from = place(bytes)
    socket.write(bytes.subarray(0, from))
    for (let at = from; at < bytes.length && !socket.destroyed; at++) {
      socket.write(bytes.subarray(at, at + 1))
      await delay(100)
    }
  })
}

/** `102 Processing` without an end. */
export const flood: Wire = done(async (socket) => {
  while (!socket.destroyed) {
    socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(20))
    await delay(10)
  }
})

/** The answer's JSON under a head of the fault's own. */
export function under(head: (length: number) => string, tail = ''): Wire {
  return done((socket, { body }) => {
    socket.write(Buffer.concat([Buffer.from(head(body.length), 'latin1'), body, Buffer.from(tail)]))
  })
}

/** The fault meets the first request, and the second goes well. */
export function once(wire: Wire): () => Wire {
  return () => {
    let met = 0
    return async (line) => {
      if (met++ === 0) return wire(line)
      line.socket.write(bytesOf(await line.answer()))
    }
  }
}

/** The wait comes before the work, which is done whether or not somebody still waits. */
export function late(ms: number): Wire {
  return async ({ socket, answer }) => {
    await delay(ms)
    const real = await answer()
    if (!socket.destroyed) socket.write(bytesOf(real))
  }
}
