import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { SweepReport } from '../directory/sync/sync-report.ts'
import type { Upstream } from '../errors.ts'
import type { FinishedRequest } from '../graphql/request-observer.ts'
import type { PipelineObserver, PipelineState } from '../http/pipeline-observer.ts'
import type { IdentitySource } from '../identity/identity.ts'
import type { SourceState, SourceStatus } from '../identity/source-states.ts'
import { Batch } from './batch.ts'
import { addDirectoryMetrics, type DirectoryMetricsOptions } from './directory-metrics.ts'

/** Seconds; a read is over after four. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8]
const STATUSES: readonly SourceStatus[] = [
  'OK',
  'UNAVAILABLE',
  'THROTTLED',
  'UNAUTHORIZED',
  'NOT_CONFIGURED',
  'UNKNOWN',
]
const BREAKER_STATES: readonly PipelineState['breaker'][] = ['closed', 'open', 'probing']

export interface MetricsOptions {
  readonly sourceStates: () => readonly SourceState[]
  /** As they are now; asked when somebody looks. */
  readonly pipelineStates: () => Iterable<readonly [Upstream, PipelineState]>
  readonly directory: DirectoryMetricsOptions
}

/** What is counted, told as it happens, and the page that shows it. */
export interface Metrics extends PipelineObserver {
  readonly contentType: string
  page(): Promise<string>
  finished(request: FinishedRequest): void
  /** A request was answered over HTTP. @param route as the server knows it; undefined: there is none. */
  answered(route: string | undefined, status: number): void
  /** An earlier reading was given in place of one that failed. */
  recalled(source: IdentitySource): void
  swept(report: SweepReport): void
}

/**
 * Every label has values that are written in our sources or are HTTP statuses. None comes from what a client sent, names of
 * operations included: those could be personal, and there is no end to them.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const calls = new Counter({
    name: 'identity_upstream_calls_total',
    help: 'Attempts at upstream calls, by how they ended. result: the HTTP status, or our code where there is none.',
    labelNames: ['source', 'operation', 'outcome', 'result'],
    registers,
  })
  const callDurations = new Histogram({
    name: 'identity_upstream_call_duration_seconds',
    help: 'How long attempts at upstream calls took.',
    labelNames: ['source', 'operation'],
    buckets: DURATIONS,
    registers,
  })
  const retries = new Counter({
    name: 'identity_upstream_retries_total',
    help: 'Upstream calls that were made again.',
    labelNames: ['source', 'operation'],
    registers,
  })
  const refusals = new Counter({
    name: 'identity_upstream_refusals_total',
    help: 'Upstream calls that we did not make, by reason.',
    labelNames: ['source', 'operation', 'reason'],
    registers,
  })
  const stale = new Counter({
    name: 'identity_stale_answers_total',
    help: 'Accounts given as they were last read, because reading them failed.',
    labelNames: ['source'],
    registers,
  })
  const requests = new Counter({
    name: 'identity_graphql_requests_total',
    help: 'GraphQL requests. partial: with errors beside data.',
    labelNames: ['outcome'],
    registers,
  })
  const requestErrors = new Counter({
    name: 'identity_graphql_errors_total',
    help: 'GraphQL requests with an error of this code; source is empty where the error is of none.',
    labelNames: ['code', 'source'],
    registers,
  })
  const requestDurations = new Histogram({
    name: 'identity_graphql_request_duration_seconds',
    help: 'How long GraphQL requests took.',
    labelNames: ['outcome'],
    buckets: DURATIONS,
    registers,
  })
  const answers = new Counter({
    name: 'identity_http_responses_total',
    help: 'HTTP answers; those that refuse a request before GraphQL sees it among them.',
    labelNames: ['route', 'status'],
    registers,
  })
  addStateGauges(registry, options)
  const swept = addDirectoryMetrics(registry, options.directory)
  const finished = new Batch<FinishedRequest>(({ outcome, errors, durationMs }) => {
    requests.inc({ outcome })
    requestDurations.observe({ outcome }, durationMs / 1000)
    for (const { code, source } of errors) requestErrors.inc({ code, source })
  })
  const answered = new Batch<{ readonly route: string; readonly status: number }>((answer) => answers.inc(answer))

  return {
    contentType: registry.contentType,
    async page() {
      finished.flush()
      answered.flush()
      return registry.metrics()
    },
    attempted({ upstream: source, operation, outcome, status, code, durationMs }) {
      calls.inc({ source, operation, outcome, result: status ?? code ?? '' })
      callDurations.observe({ source, operation }, durationMs / 1000)
    },
    retried: ({ upstream: source, operation }) => retries.inc({ source, operation }),
    refused: ({ upstream: source, operation, reason }) => refusals.inc({ source, operation, reason }),
    stateChanged: () => {},
    recalled: (source) => stale.inc({ source }),
    swept,
    finished: (request) => finished.add(request),
    answered: (route = 'none', status) => answered.add({ route, status }),
  }
}

/** What is so at the moment is read when somebody looks. */
function addStateGauges(registry: Registry, { sourceStates, pipelineStates }: MetricsOptions): void {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect: (gauge: Gauge<Label>) => void,
  ): void => {
    const made: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        made.reset()
        collect(made)
      },
    })
  }
  gauge('identity_source_state', '1 for the state in which a source was last seen.', ['source', 'state'], (made) => {
    for (const { source, state } of sourceStates()) {
      for (const each of STATUSES) made.set({ source, state: each }, each === state ? 1 : 0)
    }
  })
  gauge('identity_upstream_breaker', '1 for the state of the circuit breaker.', ['source', 'state'], (made) => {
    for (const [source, { breaker }] of pipelineStates()) {
      for (const state of BREAKER_STATES) made.set({ source, state }, state === breaker ? 1 : 0)
    }
  })
  gauge('identity_upstream_credentials_dead', '1 where an upstream refuses our credentials.', ['source'], (made) => {
    for (const [source, { credentials }] of pipelineStates()) made.set({ source }, credentials === 'dead' ? 1 : 0)
  })
  gauge('identity_upstream_queued', 'Calls that wait for their turn.', ['source'], (made) => {
    for (const [source, { queued }] of pipelineStates()) made.set({ source }, queued)
  })
  gauge('identity_upstream_running', 'Calls under way.', ['source'], (made) => {
    for (const [source, { running }] of pipelineStates()) made.set({ source }, running)
  })
  gauge('identity_upstream_rate_per_second', 'The learned rate; absent: no cap.', ['source'], (made) => {
    for (const [source, { ratePerSecond }] of pipelineStates())
      if (ratePerSecond !== null) made.set({ source }, ratePerSecond)
  })
}
