import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server'
import {
  getVariableValues,
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Context } from '../context.ts'
import type { AnswerText } from './answer-text.ts'
import { prepare } from './prepare.ts'
import type { PreparedOperation } from './prepared-field.ts'
import { run } from './run.ts'

/** Of all operations together; each field takes some hundred bytes. */
const MAX_FIELDS = 50_000

export interface PreparedQueriesOptions {
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError
  /** Told of every error before it is formatted. */
  readonly onError: (error: unknown, requestId: string) => void
}

/**
 * Answers queries that come over HTTP by what was found out about their operation once. What is not prepared, and variables that do not
 * fit, are left to graphql-js.
 *
 * Not by way of Apollo Server's `gateway`, which takes an executor as well: it makes an object with accessors for each request,
 * for which V8 makes types that live until the next major collection, and with them all that the request has read.
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
          // What is asked in process is answered with objects.
          const prepared = request.http && operations.of(schema, document, operation)
          if (!prepared) return null
          const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {}, {
            maxErrors: 1,
          })
          if (variables.errors) return null
          const { data, errors } = await run(prepared, contextValue, variables.coerced)
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

/** Documents are parsed once and kept by Apollo Server, so each operation is known by its node. */
class PreparedOperations {
  readonly #known = new LRUCache<OperationDefinitionNode, { readonly prepared: PreparedOperation | undefined }>({
    maxSize: MAX_FIELDS,
    sizeCalculation: ({ prepared }) => prepared?.size ?? 1,
  })

  of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): PreparedOperation | undefined {
    const known = this.#known.get(operation)
    if (known) return known.prepared
    const prepared = prepare(schema, document, operation)
    this.#known.set(operation, { prepared })
    return prepared
  }
}
