import type { FastifyError } from 'fastify'
import type { ErrorCode } from '../errors.ts'

/** What is refused before GraphQL sees it is answered in GraphQL's form all the same. */
export function errorBody(code: ErrorCode, message: string): object {
  return { errors: [{ message, extensions: { code } }] }
}

/** Fastify's own messages can repeat a part of the request, so they are not passed on. */
export function requestFault(error: FastifyError): { status: number; body: object } {
  const status = error.statusCode ?? 500
  switch (status) {
    case 413:
      return { status, body: errorBody('BAD_USER_INPUT', 'The request is larger than this server takes.') }
    case 415:
      return {
        status,
        body: errorBody('BAD_USER_INPUT', 'The request is not JSON: send content-type application/json.'),
      }
    default:
      return status < 500
        ? { status, body: errorBody('BAD_USER_INPUT', 'The request is not valid JSON.') }
        : { status, body: errorBody('INTERNAL_SERVER_ERROR', 'Something went wrong here; it has been logged.') }
  }
}
