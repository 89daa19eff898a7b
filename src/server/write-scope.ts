import type { FastifyReply, FastifyRequest } from 'fastify'
import { deadlineExceeded, PublicError } from '../errors.ts'
import type { WriteScope } from '../identity/writes/write-scope.ts'
import { onLeaving } from './leaving.ts'

/**
 * The time of one mutation. All mutations of a request share one deadline. A client who leaves stops a mutation that has
 * written nothing yet; what is being written is written to its end.
 *
 * @param leftMs until the request's deadline, in milliseconds.
 */
export function beginWriteScope(request: FastifyRequest, reply: FastifyReply, leftMs: number): WriteScope {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(deadlineExceeded()), leftMs)
  const commit = onLeaving(reply, () => controller.abort(new PublicError('DEADLINE_EXCEEDED', 'The request is over.')))
  return {
    signal: controller.signal,
    deadline: performance.now() + leftMs,
    requestId: request.id,
    commit,
    end() {
      clearTimeout(timer)
      commit()
    },
  }
}
