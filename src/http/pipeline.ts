import type { Upstream } from '../errors.ts'
import { Breaker } from './breaker.ts'
import type { Clock } from './clock.ts'
import { CredentialsPolicy, type Credentials } from './credentials.ts'
import { withinDeadline } from './deadline.ts'
import { reportAttempts, reportRefusals } from './observed.ts'
import { Pacer } from './pacing.ts'
import type { PipelineObserver, PipelineState } from './pipeline-observer.ts'
import { RetryBudget } from './retry-budget.ts'
import { retry } from './retry.ts'
import { singleFlight } from './single-flight.ts'
import { withPolicies, type HttpRequest, type HttpTransport } from './transport.ts'

export interface PipelineOptions {
  readonly upstream: Upstream
  readonly transport: HttpTransport
  readonly credentials: Credentials
  /** A read that every healthy upstream answers, and every right credential may ask. */
  readonly probe: Omit<HttpRequest, 'signal'>
  /** Reads at a time. */
  readonly concurrency: number
  /** How long a failing upstream is left alone at first. */
  readonly breakerOpenMs: number
  readonly observer: PipelineObserver
  readonly clock: Clock
  readonly now: () => Date
  readonly random: () => number
}

export interface Pipeline {
  readonly upstream: Upstream
  readonly send: HttpTransport
  state(): PipelineState
}

/**
 * The way of every request to one upstream, from the outside in. The order says what is counted by what: a shared read is
 * one request, a retry asks the breaker and the pacer anew, and who waits for its turn has passed the breaker before.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { upstream, observer, clock, now, random } = options
  const onChange = (): void => observer.stateChanged(upstream, state())
  const transport = withPolicies(options.transport, reportAttempts(upstream, observer, clock.now))
  const credentials = new CredentialsPolicy({ ...options, transport, onChange })
  const authorized = credentials.authorize(transport)
  const breaker = new Breaker({
    upstream,
    clock,
    random,
    openMs: options.breakerOpenMs,
    probe: () => authorized({ ...options.probe, signal: new AbortController().signal }),
    onChange,
  })
  const pacer = new Pacer({ upstream, concurrency: options.concurrency, clock, now })
  const budget = new RetryBudget(clock.now)
  const state = (): PipelineState => ({
    ratePerSecond: pacer.ratePerSecond,
    queued: pacer.queued,
    running: pacer.running,
    breaker: breaker.state,
    credentials: credentials.state,
  })
  const send = withPolicies(
    authorized,
    withinDeadline(clock.now),
    singleFlight(),
    retry({ upstream, budget, clock, now, random, observer }),
    reportRefusals(upstream, observer),
    credentials.guard,
    breaker.policy,
    pacer.policy,
  )
  return { upstream, send, state }
}
