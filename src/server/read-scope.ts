import type { FastifyReply, FastifyRequest } from 'fastify'
import { deadlineExceeded, PublicError } from '../errors.ts'
import type { ReadScope } from '../identity/account-source.ts'
import { onLeaving } from './leaving.ts'

/** A reason that is ours: nobody reads it, and a client who leaves is no defect to log. Made once, for its stack costs. */
const REQUEST_OVER = new PublicError('DEADLINE_EXCEEDED', 'The request is over.')

/**
 * One signal for all that is done for a request: it fires when the client has gone, when the time is up, or when the answer
 * is out although something was still being read for it.
 */
export function createReadScope(request: FastifyRequest, reply: FastifyReply, deadlineMs: number): ReadScope {
  return new RequestScope(request, reply, deadlineMs)
}

/** A class for the accessor's sake, see `src/README.md`. */
class RequestScope implements ReadScope {
  readonly deadline: number
  readonly notBefore: number
  readonly requestId: string
  readonly #reply: FastifyReply
  #signal: AbortSignal | undefined

  constructor(request: FastifyRequest, reply: FastifyReply, deadlineMs: number) {
    const now = performance.now()
    this.deadline = now + deadlineMs
    this.notBefore = now - readMaxAge(request.headers['cache-control'])
    this.requestId = request.id
    this.#reply = reply
  }

  /** Made when somebody listens: what is answered from the directory ends before anything could fire. */
  get signal(): AbortSignal {
    return (this.#signal ??= signalUntil(this.deadline, this.#reply))
  }
}

function signalUntil(deadline: number, reply: FastifyReply): AbortSignal {
  const leftMs = Math.ceil(deadline - performance.now())
  if (leftMs <= 0) return AbortSignal.abort(deadlineExceeded())
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(deadlineExceeded()), leftMs)
  onLeaving(reply, () => {
    clearTimeout(timer)
    controller.abort(REQUEST_OVER)
  })
  return controller.signal
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
