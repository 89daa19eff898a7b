import { PublicError, type ErrorCode } from '../errors.ts'
import type { AccountSource } from './account-source.ts'
import { SOURCES, type IdentitySource } from './identity.ts'

export type SourceStatus = 'OK' | 'UNAVAILABLE' | 'THROTTLED' | 'UNAUTHORIZED' | 'NOT_CONFIGURED' | 'UNKNOWN'

export interface SourceState {
  readonly source: IdentitySource
  readonly state: SourceStatus
  readonly code: ErrorCode | null
  readonly asOf: Date | null
}

export function stateAfterError(source: IdentitySource, code: ErrorCode, asOf: Date): SourceState {
  return { source, state: statusOf(code), code, asOf }
}

export function stateAfterAnswer(source: IdentitySource, asOf: Date): SourceState {
  return { source, state: 'OK', code: null, asOf }
}

export function notConfigured(source: IdentitySource): SourceState {
  return { source, state: 'NOT_CONFIGURED', code: null, asOf: null }
}

function statusOf(code: ErrorCode): SourceStatus {
  switch (code) {
    case 'UPSTREAM_THROTTLED':
      return 'THROTTLED'
    case 'UPSTREAM_UNAUTHORIZED':
      return 'UNAUTHORIZED'
    // A source that times out, or whose answers cannot be used, is as good as not there.
    default:
      return 'UNAVAILABLE'
  }
}

/** Remembers how each source's last call ended, over all requests. */
export class SourceStates {
  readonly #states: Map<IdentitySource, SourceState>
  readonly #now: () => Date

  readonly #onChange: (state: SourceState) => void

  constructor(configured: readonly IdentitySource[], now: () => Date, onChange: (state: SourceState) => void) {
    this.#now = now
    this.#onChange = onChange
    this.#states = new Map(
      SOURCES.map((source) => [
        source,
        configured.includes(source) ? { source, state: 'UNKNOWN', code: null, asOf: null } : notConfigured(source),
      ]),
    )
  }

  list(): readonly SourceState[] {
    return SOURCES.map((source) => this.#states.get(source) as SourceState)
  }

  /** The same source, with the outcome of every call written down here. */
  observe(source: AccountSource): AccountSource {
    if (source.paging === 'cursor') return { ...source, readPage: this.#recording(source.source, source.readPage) }
    return {
      ...source,
      readPage: this.#recording(source.source, source.readPage),
      readOne: this.#recording(source.source, source.readOne),
    }
  }

  #recording<Arguments extends unknown[], Result>(
    source: IdentitySource,
    call: (...args: Arguments) => Promise<Result>,
  ): (...args: Arguments) => Promise<Result> {
    return async (...args) => {
      try {
        const result = await call(...args)
        this.#record(stateAfterAnswer(source, this.#now()))
        return result
      } catch (error) {
        // A call that ended because its caller left says nothing of the source.
        if (error instanceof PublicError && error.source === source) {
          this.#record(stateAfterError(source, error.code, this.#now()))
        }
        throw error
      }
    }
  }

  #record(state: SourceState): void {
    const before = this.#states.get(state.source)
    this.#states.set(state.source, state)
    if (before?.state !== state.state || before.code !== state.code) this.#onChange(state)
  }
}
