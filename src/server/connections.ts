import { STATUS_CODES, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorBody } from './error-body.ts'

/** Far more than routers keep open, and few enough for their buffers to fit into memory. */
const MAX_CONNECTIONS = 1_000

const HEADERS = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }

/** Answers what Node refuses before there is a request, in our own form: its own answers have no code. */
export function guardConnections(server: Server): void {
  let open = 0
  server.on('connection', (socket) => {
    open++
    socket.once('close', () => void open--)
    if (open > MAX_CONNECTIONS) answerAndClose(socket, 429, 'This server has as many connections as it takes.')
  })
  server.on('connect', (_request, socket) => answerAndClose(socket, 405, 'This server is no proxy.'))
  server.on('checkExpectation', (_request, response) => {
    response.writeHead(417, { ...HEADERS, connection: 'close' })
    response.end(JSON.stringify(errorBody('BAD_USER_INPUT', 'No expectation but 100-continue is met here.')))
  })
}

/** What is no HTTP, too much of it, or too slow. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  switch (error.code) {
    case 'ECONNRESET':
      return void socket.destroy()
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return answerAndClose(socket, 408, 'The request did not arrive in time.')
    case 'HPE_HEADER_OVERFLOW':
      return answerAndClose(socket, 431, 'The headers are larger than this server takes.')
    default:
      return answerAndClose(socket, 400, 'The request is not valid HTTP.')
  }
}

function answerAndClose(socket: Duplex, status: number, message: string): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify(errorBody('BAD_USER_INPUT', message))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
