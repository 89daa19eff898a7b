import type { ApolloServerPlugin } from '@apollo/server'
import type { Context } from './context.ts'

/** A GraphQL request that was answered. Nothing of what was sent is in it, not even the operation's name. */
export interface FinishedRequest {
  readonly requestId: string
  /** `partial`: there are errors beside data. */
  readonly outcome: 'ok' | 'partial' | 'failed'
  /** Those of its errors, each once, with its source, empty where there is none. */
  readonly errors: readonly { readonly code: string; readonly source: string }[]
  readonly durationMs: number
}

/** Names the request in which something was thrown. Apollo Server formats errors without saying for whom. */
export class ErrorOrigins {
  readonly #requestIds = new WeakMap<object, string>()

  /** What wrapped the error on its way is known as well. */
  note(error: unknown, requestId: string): void {
    if (typeof error !== 'object' || error === null) return
    this.#requestIds.set(error, requestId)
    if ('originalError' in error) this.note(error.originalError, requestId)
  }

  requestIdOf(error: unknown): string | undefined {
    return typeof error === 'object' && error !== null ? this.#requestIds.get(error) : undefined
  }
}

/** Tells of every request that reached GraphQL how it ended. */
export function observeRequests(
  onFinished: (request: FinishedRequest) => void,
  origins: ErrorOrigins,
): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ contextValue: { requestId } }) {
      const startedAt = performance.now()
      return {
        async didEncounterErrors({ errors }) {
          for (const error of errors) origins.note(error, requestId)
        },
        async willSendResponse({ response: { body } }) {
          const { data, errors = [] } = body.kind === 'single' ? body.singleResult : body.initialResult
          const kinds = errors.map(({ extensions }) => ({
            code: text(extensions?.['code']),
            source: text(extensions?.['source']),
          }))
          onFinished({
            requestId,
            outcome: errors.length === 0 ? 'ok' : data ? 'partial' : 'failed',
            errors: [...new Map(kinds.map((kind) => [`${kind.code} ${kind.source}`, kind])).values()],
            durationMs: Math.round(performance.now() - startedAt),
          })
        },
      }
    },
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
