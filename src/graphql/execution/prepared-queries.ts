import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server'
import { getVariableValues, type GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Context } from '../context.ts'
import type { AnswerText } from './answer-text.ts'
import { PreparedOperations } from './prepared-operations.ts'
import { run } from './run.ts'

export interface PreparedQueriesOptions {
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError
  /** Told of every error before it is formatted. */
  readonly onError: (error: unknown, requestId: string) => void
}

/**
 * Answers queries that come over HTTP by what was found out about their operation once. What is not prepared, and variables
 * that do not fit, are left to graphql-js.
 *
 * Not by way of Apollo Server's `gateway`, which takes an executor as well: it makes an object literal with accessors for each
 * request, and those keep all that the request has read until the next major collection (`src/README.md`).
 */
export function preparedQueries({ formatError, onError }: PreparedQueriesOptions): ApolloServerPlugin<Context> {
  const operations = new PreparedOperations()
  const tell = (error: GraphQLError, requestId: string): GraphQLFormattedError => {
    onError(error, requestId)
    // As Apollo Server does it: what nobody foresaw has no code.
    const extensions = { code: 'INTERNAL_SERVER_ERROR', ...error.extensions }
    return formatError({ ...error.toJSON(), extensions }, error)
  }
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ schema, document, operation, request, contextValue }) {
          // What is asked in process is answered with objects; and only one of several operations that was named is one.
          if (!request.http || !operation) return null
          const definitions = operation.variableDefinitions ?? []
          const { coerced } = getVariableValues(schema, definitions, request.variables ?? {}, { maxErrors: 1 })
          const prepared = coerced && operations.of(schema, document, operation, coerced)
          if (!prepared) return null
          const { data, errors } = await run(prepared, contextValue, coerced)
          return answer(
            data,
            errors.map((error) => tell(error, contextValue.requestId)),
          )
        },
      }
    },
  }
}

function answer(data: AnswerText | null, errors: readonly GraphQLFormattedError[]): GraphQLResponse {
  // Nobody looks into it but who writes it: `stringifyAnswer`.
  const whole = data as Record<string, unknown> | null
  const singleResult = errors.length > 0 ? { errors, data: whole } : { data: whole }
  return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } }
}
