import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { Context } from './context.ts'
import { createFormatError, type FormatErrorOptions } from './format-error.ts'
import { documentLimits, limitsPlugin } from './limits.ts'
import { wordsOf } from './operation-fault.ts'
import { stringifyAnswer } from './execution/answer-text.ts'
import { preparedQueries } from './execution/prepared-queries.ts'
import { createSchema } from './schema.ts'

export interface ApolloServerOptions extends Omit<FormatErrorOptions, 'schemaWords'> {
  /** Told of every error of a field, before it is formatted. */
  readonly onError: (error: unknown, requestId: string) => void
}

export function createApolloServer(
  options: ApolloServerOptions,
  ...observers: readonly ApolloServerPlugin<Context>[]
): ApolloServer<Context> {
  const schema = createSchema()
  const formatError = createFormatError({ ...options, schemaWords: wordsOf(schema) })
  return new ApolloServer<Context>({
    schema,
    stringifyResult: stringifyAnswer,
    introspection: !options.production,
    hideSchemaDetailsFromClientErrors: options.production,
    includeStacktraceInErrorResponses: false,
    formatError,
    // Routers send operations of their planner's making; a list of known ones belongs into the router.
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    // The process has one order of shutting down, see `server/shutdown.ts`.
    stopOnTerminationSignals: false,
    ...documentLimits,
    plugins: [
      limitsPlugin(),
      ...observers,
      preparedQueries({ formatError, onError: options.onError }),
      // It more than doubles a page's CPU, and nothing here may be cached: the server sets `no-store` itself.
      ApolloServerPluginCacheControlDisabled(),
      // It would show timings to anybody who sends the header.
      ApolloServerPluginInlineTraceDisabled(),
      // The router reports usage and schema; the page for people is at `/`, see `server/sandbox.ts`.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
  })
}
