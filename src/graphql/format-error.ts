import { Kind, type GraphQLError, type GraphQLFormattedError } from 'graphql'
import { PublicError } from '../errors.ts'
import { retell, retellBriefly } from './operation-fault.ts'

export interface FormatErrorOptions {
  /** In production nothing is told of the schema. What was sent is repeated nowhere. */
  readonly production: boolean
  /** The names of the schema, the only words of GraphQL's messages that are passed on. */
  readonly schemaWords: ReadonlySet<string>
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
        return { ...placeOf(formatted), message: operationMessage(formatted.message, options), extensions: { code } }
      case 'BAD_USER_INPUT':
        return { ...placeOf(formatted), message: coercionMessage(formatted.message, options), extensions: { code } }
      case 'OPERATION_RESOLUTION_FAILURE':
        return { message: 'Give an operationName that the document has.', extensions: { code } }
      case 'BAD_REQUEST':
      case 'PERSISTED_QUERY_NOT_SUPPORTED':
        // About the form of the request, in Apollo's own words; clients of persisted queries know these by heart.
        return { message: formatted.message, extensions: { code } }
      default:
        if (isAboutRequest(error)) {
          return { message: 'The operation or its variables do not fit.', extensions: { code: 'BAD_USER_INPUT' } }
        }
        if (isAboutArgument(original)) {
          const message = 'An argument has a value that does not fit its type.'
          return { ...placeOf(formatted), message, extensions: { code: 'BAD_USER_INPUT', retryable: false } }
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

/**
 * Null given for a variable that has a default is taken by validation, and refused only where it is used: by the value's
 * place in the document. What GraphQL finds wrong with a resolver's value has a field's place, or none.
 */
function isAboutArgument(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'GraphQLError') return false
  const { nodes = [], extensions } = error as GraphQLError
  return nodes.length > 0 && nodes.every(({ kind }) => kind !== Kind.FIELD) && !extensions['code']
}

function placeOf({ path, locations }: GraphQLFormattedError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(locations && { locations }), ...(path && { path }) }
}

function publicPart(error: PublicError): GraphQLFormattedError {
  const { code, source, retryable } = error
  return { message: error.message, extensions: { code, ...(source && { source }), retryable } }
}

function operationMessage(message: string, { production, schemaWords }: FormatErrorOptions): string {
  return production ? retellBriefly(message) : retell(message, schemaWords)
}

/**
 * Of `Variable "$x" got invalid value {…} at "x.y"; …` only the place within is kept, as far as it is made of the schema's
 * names: the variable's is the caller's, and a key can look like a place. `locations` shows which variable it is.
 */
function coercionMessage(message: string, { schemaWords }: FormatErrorOptions): string {
  if (!message.startsWith('Variable "$')) return 'An argument has a value that does not fit its type.'
  const place = / at "\w+\.?((?:\w+|\.|\[\d+\])+)"/.exec(message)?.[1]
  const isKnown = place?.split(/\.|\[\d+\]/).every((word) => word === '' || schemaWords.has(word))
  return `A variable has a value that does not fit its type${isKnown ? `, at ${place}` : ''}.`
}
