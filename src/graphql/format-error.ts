import { unwrapResolverError } from '@apollo/server/errors'
import type { GraphQLFormattedError } from 'graphql'
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
    const original = unwrapResolverError(error)
    if (original instanceof PublicError) return { ...placeOf(formatted), ...publicPart(original) }
    const code = formatted.extensions?.['code']
    switch (code) {
      case 'GRAPHQL_PARSE_FAILED':
      case 'GRAPHQL_VALIDATION_FAILED':
        return { ...placeOf(formatted), message: operationMessage(formatted, options), extensions: { code } }
      case 'BAD_USER_INPUT':
        return { ...placeOf(formatted), message: coercionMessage(formatted.message), extensions: { code } }
      case 'BAD_REQUEST':
      case 'OPERATION_RESOLUTION_FAILURE':
        // About the form of the request, in Apollo's own words.
        return { message: formatted.message, extensions: { code } }
      default:
        options.onUnexpected(original)
        return {
          ...placeOf(formatted),
          message: 'Something went wrong here; it has been logged.',
          extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
        }
    }
  }
}

function placeOf({ path, locations }: GraphQLFormattedError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(locations && { locations }), ...(path && { path }) }
}

function publicPart(error: PublicError): GraphQLFormattedError {
  const { code, source, retryable } = error
  return { message: error.message, extensions: { code, ...(source && { source }), retryable } }
}

/** GraphQL's messages quote literals of the query, so they are for development only. */
function operationMessage(formatted: GraphQLFormattedError, { production }: FormatErrorOptions): string {
  return production ? 'The operation is not valid GraphQL for this schema.' : formatted.message
}

/** Of `Variable "$x" got invalid value {…} at "x.y"; …` only the names are kept. */
function coercionMessage(message: string): string {
  const variable = /^Variable "(\$\w+)"/.exec(message)?.[1]
  const path = / at "(\w+(?:\.\w+|\[\d+\])*)"/.exec(message)?.[1]
  if (!variable) return 'An argument has a value that does not fit its type.'
  return `Variable "${variable}" has a value that does not fit its type${path ? `, at "${path}"` : ''}.`
}
