import type { onRequestHookHandler } from 'fastify'
import { errorBody } from './error-body.ts'

const MAX_URL_LENGTH = 2_048

/** Routers send the same one with every request, and to parse it takes longer than all else here. */
let lastGoodHost: string | undefined

/** Refuses what no router sends and what could be read in two ways. */
export const requirePlainRequest: onRequestHookHandler = (request, reply, done) => {
  const refuse = (status: number, message: string): void =>
    void reply.code(status).send(errorBody('BAD_USER_INPUT', message))
  const { url, rawHeaders } = request.raw
  if ((url?.length ?? 0) > MAX_URL_LENGTH) return refuse(414, 'The URL is longer than this server takes.')
  // Of an absolute URL the host would have to count instead of the header, RFC 9112.
  if (!url?.startsWith('/')) return refuse(400, 'The request has no plain path.')
  if (!hasOneHost(rawHeaders) || !isGoodHost(request.host)) {
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
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts === 1
}

function isGoodHost(host: string): boolean {
  if (host === lastGoodHost) return true
  const isGood = URL.canParse(`http://${host}/`)
  if (isGood) lastGoodHost = host
  return isGood
}
