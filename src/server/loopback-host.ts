import type { onRequestHookHandler } from 'fastify'
import { isLoopback } from '../config/environment.ts'
import { errorBody } from './error-body.ts'

/**
 * Where nobody has to show a secret, only requests that name this machine are let in. A web page can have its own name
 * resolve to 127.0.0.1 and would then read identities through its visitor's browser; the Host header still shows that name.
 */
export const requireLoopbackHost: onRequestHookHandler = (request, reply, done) => {
  if (isLoopback(request.hostname)) done()
  else void reply.code(403).send(errorBody('UNAUTHENTICATED', 'ACCESS=open serves requests to a loopback host only.'))
}
