import { connect } from 'node:net'

/** An answer as it came over the socket. */
export interface Reply {
  /** 0: the connection was closed without one. */
  readonly status: number
  /** Status line and headers. */
  readonly head: string
  readonly body: string
  /** All bytes, those of a `100 Continue` too. */
  readonly raw: string
}

/** Bytes to send, or parts of them to send one after the other, each once the one before has left. */
export type Bytes = string | Buffer | readonly (string | Buffer)[]

/** Sends exactly these bytes over a socket of their own, and reads until the server closes it. */
export function exchange(port: number, bytes: Bytes): Promise<Reply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (chunk) => void chunks.push(chunk))
    // A server that refuses early resets the connection under what is still being sent.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(parseReply(Buffer.concat(chunks).toString())))
    for (const part of typeof bytes === 'string' || Buffer.isBuffer(bytes) ? [bytes] : bytes) socket.write(part)
  })
}

function parseReply(raw: string): Reply {
  const last = raw.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
  const end = last.indexOf('\r\n\r\n')
  const head = end < 0 ? '' : last.slice(0, end)
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: last.slice(end + 4), raw }
}

export const SECRET = 'attack-suite-router-secret-0001'

export interface RequestParts {
  /** The request line. */
  readonly line?: string
  /** Instead of the usual headers or, with undefined, without them; names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Further lines of the head, each with its CRLF. */
  readonly lines?: string
}

/** A request to /graphql that is right in all but what is said otherwise. */
export function request(body: string | Buffer, { line, headers, lines = '' }: RequestParts = {}): Buffer {
  const all: Record<string, string | undefined> = {
    host: '127.0.0.1',
    connection: 'close',
    'router-authorization': SECRET,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }
  const head = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([
    Buffer.from(`${line ?? 'POST /graphql HTTP/1.1'}\r\n${head.join('')}${lines}\r\n`, 'latin1'),
    Buffer.from(body),
  ])
}

/** A GraphQL request over the wire. */
export function operation(question: object | string, parts?: RequestParts): Buffer {
  return request(JSON.stringify(typeof question === 'string' ? { query: question } : question), parts)
}
