import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import { PublicError } from '../errors.ts'

export interface FormatErrorOptions {
  /** In production nothing is told of the schema, and no text of the request is repeated. */
  readonly production: boolean
  /** Told of errors that nobody foresaw. */
  readonly onUnexpected: (error: unknown) => void
}

/**
 * What callers see of an error. Only messages written by us pass: GraphQL's own repeat what was sent, passwords included,
 * and those of thrown errors repeat what upstreams answered.
 */
export function createFormatError(options: FormatErrorOptions) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = causeOf(error)
    if (original instanceof PublicError) return { ...placeOf(formatted), ...publicPart(original) }
    const code = formatted.extensions?.['code']
    switch (code) {
      case 'GRAPHQL_PARSE_FAILED':
      case 'GRAPHQL_VALIDATION_FAILED':
        return { ...placeOf(formatted), message: operationMessage(formatted, options), extensions: { code } }
      case 'BAD_USER_INPUT':
        return { ...placeOf(formatted), message: coercionMessage(formatted.message), extensions: { code } }
      case 'OPERATION_RESOLUTION_FAILURE':
        return { message: nameMessage(formatted, options), extensions: { code } }
      case 'BAD_REQUEST':
      case 'PERSISTED_QUERY_NOT_SUPPORTED':
        // About the form of the request, in Apollo's own words; clients of persisted queries know these by heart.
        return { message: formatted.message, extensions: { code } }
      default:
        if (isAboutRequest(error)) {
          return { message: 'The operation or its variables do not fit.', extensions: { code: 'BAD_USER_INPUT' } }
        }
        options.onUnexpected(original)
        return {
          ...placeOf(formatted),
          message: 'Something went wrong here; it has been logged.',
          extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
        }
    }
  }
}

/**
 * What was thrown, by a resolver or, as our limits do, before any is called. It goes by the shape of the errors around it:
 * Apollo's own helper unwraps those of resolvers only.
 */
function causeOf(error: unknown): unknown {
  let cause = error
  while (cause instanceof Error && 'originalError' in cause && cause.originalError) cause = cause.originalError
  return cause
}

/** GraphQL itself refuses what validation let by, without a code: a kind of operation that there is not, say. */
function isAboutRequest(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'GraphQLError') return false
  const { path, originalError, extensions } = error as GraphQLError
  return !path && !originalError && !extensions['code']
}

function placeOf({ path, locations }: GraphQLFormattedError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(locations && { locations }), ...(path && { path }) }
}

function publicPart(error: PublicError): GraphQLFormattedError {
  const { code, source, retryable } = error
  return { message: error.message, extensions: { code, ...(source && { source }), retryable } }
}

/** GraphQL's messages tell of the schema and repeat names of the query, so they are for development only. */
function operationMessage(formatted: GraphQLFormattedError, { production }: FormatErrorOptions): string {
  return production ? 'The operation is not valid GraphQL for this schema.' : withoutLiterals(formatted.message)
}

/** A literal may be a password. GraphQL puts what it found at the end of its messages, behind one of these. */
function withoutLiterals(message: string): string {
  return message.startsWith('Syntax Error')
    ? message.replace(/( found (?:String|BlockString|Int|Float)) .*/s, '$1.')
    : message.replace(/(, found| cannot represent) .*/s, '$1 what stands there.')
}

function nameMessage(formatted: GraphQLFormattedError, { production }: FormatErrorOptions): string {
  return production ? 'Give an operationName that the document has.' : formatted.message
}

/** Of `Variable "$x" got invalid value {…} at "x.y"; …` only the names are kept. */
function coercionMessage(message: string): string {
  const variable = /^Variable "(\$\w+)"/.exec(message)?.[1]
  const path = / at "(\w+(?:\.\w+|\[\d+\])*)"/.exec(message)?.[1]
  if (!variable) return 'An argument has a value that does not fit its type.'
  return `Variable "${variable}" has a value that does not fit its type${path ? `, at "${path}"` : ''}.`
}
