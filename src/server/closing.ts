import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How long a connection on which nothing ever came may still bring its first request, in milliseconds. */
const SILENT_MS = 1_000

/**
 * Makes what closes the server: it takes no new connections and ends when the requests under way are answered, or are cut
 * off after `graceMs`. To be called before the server listens.
 */
export function createClosing(server: FastifyInstance, graceMs: number): () => Promise<void> {
  const connections = new Set<Socket>()
  server.server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  return async () => {
    // Node takes connections that were opened ahead of need for busy ones, and would wait for them. Routers open such.
    const hangUp = setTimeout(() => {
      for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
    }, SILENT_MS)
    const cutOff = setTimeout(() => server.server.closeAllConnections(), graceMs)
    try {
      await server.close()
    } finally {
      clearTimeout(hangUp)
      clearTimeout(cutOff)
    }
  }
}
