import type { FastifyReply } from 'fastify'
import { deadlineExceeded, PublicError } from '../errors.ts'
import type { WriteScope } from '../identity/writes/write-scope.ts'

/**
 * The time of one mutation. All mutations of a request share one deadline. A client who leaves stops a mutation that has
 * written nothing yet; what is being written is written to its end.
 *
 * @param leftMs until the request's deadline, in milliseconds.
 */
export function beginWriteScope(reply: FastifyReply, leftMs: number): WriteScope {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(deadlineExceeded()), leftMs)
  const leave = (): void => controller.abort(new PublicError('DEADLINE_EXCEEDED', 'The request is over.'))
  const commit = (): void => void reply.raw.off('close', leave)
  if (reply.raw.destroyed) leave()
  else reply.raw.once('close', leave)
  return {
    signal: controller.signal,
    deadline: performance.now() + leftMs,
    commit,
    end() {
      clearTimeout(timer)
      commit()
    },
  }
}
