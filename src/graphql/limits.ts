import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError, type DocumentNode } from 'graphql'
import { badInput, PublicError } from '../errors.ts'
import type { Context } from './context.ts'
import { measureOperation, type OperationSize } from './operation-size.ts'
import { countRefusedPlaces } from './refused-places.ts'
import { refusalsOf } from './scopes.ts'

const MAX_DEPTH = 10
const MAX_ALIASES = 30
const MAX_REPRESENTATIONS = 1_000
/** Twenty of the longest pages. */
const MAX_ROWS = 10_000
/** Twice the longest page with all that a list can be refused of each account. */
const MAX_REFUSED_PLACES = 5_000

/** What Apollo Server counts itself: the length of a document, how far fragments unfold, how much is said of faults. */
export const documentLimits = {
  parseOptions: { maxTokens: 2_000 },
  // Not `true`: that stands for ten million, and walking through those takes seconds.
  maxRecursiveSelections: 10_000,
  validationOptions: { maxErrors: 5 },
  executionOptions: { maxCoercionErrors: 1 },
} as const

/** Refuses operations that ask for too much, before anything is resolved. */
export function limitsPlugin(): ApolloServerPlugin<Context> {
  // Documents are parsed once and kept by the server, so each is measured once. It holds few operations, mostly one.
  const sizes = new WeakMap<DocumentNode, Map<string | null, OperationSize>>()
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, operationName, request, contextValue }) {
          if (!operation) return
          const known = sizes.get(document) ?? new Map<string | null, OperationSize>()
          const size = known.get(operationName) ?? measureOperation(document, operation)
          sizes.set(document, known.set(operationName, size))
          const variables = request.variables ?? {}
          const fault = findFault(size, variables)
          if (fault) refuse(badInput(fault), 400)
          const refusals = refusalsOf(schema, contextValue.caller)
          if (refusals.size === 0) return
          const places = countRefusedPlaces(schema, document, operation, refusals, variables)
          if (places > MAX_REFUSED_PLACES) refuse(tooMuchRefused(), 403)
        },
      }
    },
  }
}

function refuse(error: PublicError, status: 400 | 403): never {
  throw new GraphQLError(error.message, { originalError: error, extensions: { http: { status } } })
}

function tooMuchRefused(): PublicError {
  const message = `This would be refused at more than ${MAX_REFUSED_PLACES} places: leave out what needs a scope that is lacking.`
  return new PublicError('FORBIDDEN', message)
}

function findFault(size: OperationSize, variables: Readonly<Record<string, unknown>>): string | undefined {
  if (size.depth > MAX_DEPTH) return `Fields can be nested ${MAX_DEPTH} deep at most.`
  if (size.aliases > MAX_ALIASES) return `A field can have ${MAX_ALIASES} aliases at most.`
  if (size.repetitions > MAX_ALIASES) return `A field can stand ${MAX_ALIASES} times in one place at most.`
  if (size.representations(variables) > MAX_REPRESENTATIONS) {
    return `A request can hold ${MAX_REPRESENTATIONS} representations at most.`
  }
  if (size.rows(variables) > MAX_ROWS) return `A request can ask for ${MAX_ROWS} rows at most, over all its lists.`
  return undefined
}
