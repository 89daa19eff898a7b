import type { onRequestHookHandler } from 'fastify'
import { errorBody } from './error-body.ts'

const MAX_URL_LENGTH = 2_048

/**
 * Refuses what no router sends and what could be read in two ways. Without a Host header that can stand in a URL,
 * Apollo's adapter throws, which was an error 500 for everybody to cause.
 */
export const requirePlainRequest: onRequestHookHandler = (request, reply, done) => {
  const refuse = (status: number, message: string): void =>
    void reply.code(status).send(errorBody('BAD_USER_INPUT', message))
  const { url, rawHeaders } = request.raw
  if ((url?.length ?? 0) > MAX_URL_LENGTH) return refuse(414, 'The URL is longer than this server takes.')
  // Of an absolute URL the host would have to count instead of the header, RFC 9112.
  if (!url?.startsWith('/')) return refuse(400, 'The request has no plain path.')
  if (!hasOneHost(rawHeaders) || !URL.canParse(`http://${request.host}/`)) {
    return refuse(400, 'The request has no Host header, several, or one that is no host.')
  }
  // A body is read as it comes; nothing is unpacked, so that nothing can grow.
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return refuse(415, 'The body is compressed, and this server takes none.')
  }
  done()
}

/** Node keeps the first of several and says nothing. */
function hasOneHost(rawHeaders: readonly string[]): boolean {
  const names = rawHeaders.filter((_, index) => index % 2 === 0)
  return names.filter((name) => name.toLowerCase() === 'host').length === 1
}
