import type { FastifyReply, FastifyRequest } from 'fastify'
import { deadlineExceeded, PublicError } from '../errors.ts'
import type { ReadScope } from '../identity/account-source.ts'

/**
 * One signal for all that is done for a request: it fires when the client has gone, when the time is up, or when the answer
 * is out although something was still being read for it.
 */
export function createReadScope(request: FastifyRequest, reply: FastifyReply, deadlineMs: number): ReadScope {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(deadlineExceeded()), deadlineMs)
  const end = (): void => {
    clearTimeout(timer)
    // A reason that is ours: nobody reads it, and a client who leaves is no defect to log.
    controller.abort(new PublicError('DEADLINE_EXCEEDED', 'The request is over.'))
  }
  if (reply.raw.destroyed) end()
  else reply.raw.once('close', end)
  return { signal: controller.signal, notBefore: performance.now() - readMaxAge(request.headers['cache-control']) }
}

/** How old an answer may be, in milliseconds. RFC 9111: `no-cache` is read live, `max-age` is in seconds. */
export function readMaxAge(cacheControl: string | undefined): number {
  const directives = (cacheControl ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim())
  if (directives.includes('no-cache') || directives.includes('no-store')) return 0
  const seconds = directives.map((directive) => /^max-age="?(\d+)"?$/.exec(directive)?.[1]).find(Boolean)
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000
}
