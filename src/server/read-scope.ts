import type { FastifyReply, FastifyRequest } from 'fastify'
import { deadlineExceeded, PublicError } from '../errors.ts'
import type { ReadScope } from '../identity/account-source.ts'

/** A reason that is ours: nobody reads it, and a client who leaves is no defect to log. Made once, for its stack costs. */
const REQUEST_OVER = new PublicError('DEADLINE_EXCEEDED', 'The request is over.')

/**
 * One signal for all that is done for a request: it fires when the client has gone, when the time is up, or when the answer
 * is out although something was still being read for it.
 */
export function createReadScope(request: FastifyRequest, reply: FastifyReply, deadlineMs: number): ReadScope {
  let controller: AbortController | undefined
  let ending: PublicError | undefined
  const end = (reason: PublicError): void => {
    clearTimeout(timer)
    ending ??= reason
    controller?.abort(ending)
  }
  const now = performance.now()
  const timer = setTimeout(() => end(deadlineExceeded()), deadlineMs)
  if (reply.raw.destroyed) end(REQUEST_OVER)
  else reply.raw.once('close', () => end(REQUEST_OVER))
  return {
    // Made when somebody listens: what is answered from the directory ends before anything could fire.
    get signal() {
      controller ??= new AbortController()
      if (ending) controller.abort(ending)
      return controller.signal
    },
    deadline: now + deadlineMs,
    notBefore: now - readMaxAge(request.headers['cache-control']),
    requestId: request.id,
  }
}

/** How old an answer may be, in milliseconds. RFC 9111: `no-cache` is read live, `max-age` is in seconds. */
export function readMaxAge(cacheControl: string | undefined): number {
  if (cacheControl === undefined) return Number.POSITIVE_INFINITY
  const directives = cacheControl
    .toLowerCase()
    .split(',')
    .map((directive) => directive.replaceAll(/[\s"]/g, ''))
  if (directives.includes('no-cache') || directives.includes('no-store')) return 0
  const maxAge = directives.find((directive) => directive.startsWith('max-age='))
  if (maxAge === undefined) return Number.POSITIVE_INFINITY
  // Who gives an age that cannot be read wants something fresh all the same.
  const seconds = /^max-age=(\d+)$/.exec(maxAge)?.[1]
  return seconds === undefined ? 0 : Number(seconds) * 1000
}
