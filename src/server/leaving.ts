import type { FastifyReply } from 'fastify'

/** Six mutations, each 31 times; what is read after one listens as well. */
const MAX_LISTENERS = 200

/** Calls back when the client has gone or the answer is out, at once if it is so. @returns what makes it forget that. */
export function onLeaving({ raw }: FastifyReply, leave: () => void): () => void {
  if (raw.destroyed) {
    leave()
    return () => {}
  }
  raw.setMaxListeners(MAX_LISTENERS)
  raw.once('close', leave)
  return () => void raw.off('close', leave)
}
