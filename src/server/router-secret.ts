import { hash, timingSafeEqual } from 'node:crypto'
import type { onRequestHookHandler } from 'fastify'
import type { Secret } from '../config/secret.ts'
import { errorBody } from './error-body.ts'

/**
 * Lets in who sends the secret as `router-authorization`, before the body is read. While it is rotated there are two,
 * comma-separated, and both are good. Digests are compared, so that the time taken tells nothing, not even the length.
 */
export function requireRouterSecret(secret: Secret): onRequestHookHandler {
  let value: string | undefined
  let accepted: readonly Buffer[] = []
  return (request, reply, done) => {
    const given = digest(String(request.headers['router-authorization'] ?? ''))
    const newest = secret()
    if (newest !== value) {
      value = newest
      accepted = digestsOf(newest)
    }
    if (accepted.some((each) => timingSafeEqual(each, given))) done()
    else void reply.code(401).send(errorBody('UNAUTHENTICATED', 'This endpoint is for the router.'))
  }
}

function digestsOf(secrets: string): Buffer[] {
  return secrets
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .map(digest)
}

/** By way of a text, since Node takes twice as long to give a digest as bytes. */
function digest(text: string): Buffer {
  return Buffer.from(hash('sha256', text, 'binary'), 'latin1')
}
