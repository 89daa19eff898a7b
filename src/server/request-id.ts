import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a router may call a request. Whatever else a caller sends could forge lines of a log. */
const SAFE_REQUEST_ID = /^[\w.:-]{1,64}$/

/** The caller's own name for the request, so that logs can be laid side by side, or one of ours. */
export function readRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && SAFE_REQUEST_ID.test(given) ? given : randomUUID()
}
