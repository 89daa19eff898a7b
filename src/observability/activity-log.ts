import type { FinishedRequest } from '../graphql/request-observer.ts'
import type { FailedCall } from '../http/call-log.ts'
import type { Logger } from './logger.ts'

/** Faults of the caller's own making. Anybody could fill the log with them; metrics count them. */
const OF_THE_CALLER: ReadonlySet<string> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_SUPPORTED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'UNAUTHENTICATED',
])

/** One line for each call to an upstream that failed for good. */
export function logFailedCall(logger: Logger): (call: FailedCall) => void {
  return ({ upstream, ...call }) => logger.warn({ ...call, source: upstream }, 'upstream call failed')
}

/** One line for each request that did not get all it asked for, unless that was its own fault. */
export function logFinishedRequest(logger: Logger): (request: FinishedRequest) => void {
  return ({ requestId, outcome, errors, durationMs }) => {
    const codes = [...new Set(errors.map(({ code }) => code))].filter((code) => !OF_THE_CALLER.has(code))
    if (codes.length > 0) logger.info({ requestId, outcome, codes, durationMs }, 'request had errors')
  }
}
