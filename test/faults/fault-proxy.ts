import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Agent, request } from 'undici'

/** A request as it came over the socket. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Whether this socket brought a request before. */
  readonly isReused: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** One request, in the hands of a fault. */
export interface Line {
  readonly call: Call
  readonly socket: Socket
  /** Lets the upstream do the work, and tells what it says; the request may be another in parts. */
  readonly answer: (changes?: Partial<Call>) => Promise<Answer>
}

/** What becomes of a request: bytes, or none, on its socket. */
export type Wire = (line: Line) => void | Promise<void>

export interface FaultProxy {
  /** The base URL, without a slash at its end. */
  readonly url: string
  /** From now on the requests that `meets` picks get the fault, all others the upstream's own answer. */
  break(meets: (call: Call) => boolean, wire: Wire): void
  /** From now on every connection is closed as soon as it is there. */
  hangUp(): Promise<void>
  /** From now on there is nobody behind the port. */
  leave(): Promise<void>
  /** Settles when all the work that was begun has been done, also what nobody waits for any more. */
  idle(): Promise<void>
  calls(): number
  sockets(): number
  close(): Promise<void>
}

/** Stands in front of an upstream at the level of bytes: what a web framework would never send is sent here. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const upstream = new Agent()
  const sockets = new Set<Socket>()
  const working = new Set<Promise<void>>()
  let meets: (call: Call) => boolean = () => false
  let wire: Wire = pass
  let isHangingUp = false
  let calls = 0

  const answerFor = async ({ method, path, headers, body }: Call): Promise<Answer> => {
    const { host: _, connection: __, 'content-length': ___, ...passed } = headers
    const response = await request(target + path, {
      method: method as 'GET',
      headers: passed,
      body: body.length > 0 ? body : null,
      dispatcher: upstream,
    })
    const { 'content-type': type = '', ...rest } = response.headers
    const location = rest['location'] === undefined ? {} : { location: String(rest['location']) }
    const shown = type === '' ? location : { 'content-type': String(type), ...location }
    return { status: response.statusCode, headers: shown, body: Buffer.from(await response.body.arrayBuffer()) }
  }
  const serve = async (socket: Socket): Promise<void> => {
    let isReused = false
    for await (const call of callsOf(socket)) {
      calls++
      const whole = { ...call, isReused }
      const answered = (meets(whole) ? wire : pass)({
        call: whole,
        socket,
        answer: (changes) => answerFor({ ...whole, ...changes }),
      })
      const work = Promise.resolve(answered).catch(() => undefined)
      working.add(work)
      await work
      working.delete(work)
      isReused = true
    }
  }
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    if (isHangingUp) socket.destroy()
    else void serve(socket).catch(() => undefined)
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const leave = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    cut()
    await once(server, 'close')
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    break(which, how) {
      meets = which
      wire = how
    },
    async hangUp() {
      isHangingUp = true
      cut()
    },
    leave,
    idle: async () => void (await Promise.all(working)),
    calls: () => calls,
    sockets: () => sockets.size,
    async close() {
      await leave()
      await upstream.destroy()
    },
  }
}

/** The upstream's answer, as it is. */
export const pass: Wire = async ({ socket, answer }) => void socket.write(bytesOf(await answer()))

/** A whole answer as bytes, under its true length. */
export function bytesOf({ status, headers, body }: Answer): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Whatever\r\n${head}\r\n`, 'latin1'), body])
}

/** Clients of ours say how long their bodies are, so nothing else is understood here. */
async function* callsOf(socket: Socket): AsyncGenerator<Omit<Call, 'isReused'>> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of socket) {
    held = Buffer.concat([held, chunk as Buffer])
    for (;;) {
      const end = held.indexOf('\r\n\r\n')
      if (end < 0) break
      const [line = '', ...lines] = held.subarray(0, end).toString('latin1').split('\r\n')
      const headers = Object.fromEntries(lines.map((each) => splitOnce(each)))
      const bodyEnd = end + 4 + Number(headers['content-length'] ?? 0)
      if (held.length < bodyEnd) break
      const [method = '', path = ''] = line.split(' ')
      const body = held.subarray(end + 4, bodyEnd)
      held = held.subarray(bodyEnd)
      yield { method, path, headers, body }
    }
  }
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
