import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createApp, type App } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { createMetrics } from '../../../src/observability/metrics.ts'
import { TIMING } from '../../../src/timing.ts'
import { KNOWN_PEOPLE, startSimulator, type Simulator } from '../../simulator/simulator.ts'

const SECRET = 'a-router-secret-of-thirty-two-bytes'
const ANA = KNOWN_PEOPLE.ana.legacy
const BY_ID = `query PlantedName { planted: identity(id: "legacy:${ANA.user_id}") { email displayName } }`

let simulator: Simulator
let app: App
const logged: Record<string, unknown>[] = []
beforeEach(async () => {
  logged.length = 0
  simulator = await startSimulator({ people: { legacy: 30, sitePartner: 30, shared: 10 } })
  const logger = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const config = readConfig({ ROUTER_SECRET: SECRET, ...simulator.environment })
  app = await createApp(config, logger, { ...TIMING, drainMs: 0 })
})
afterEach(async () => {
  await app.shutdown()
  await simulator.close()
})

const post = async (query: string, headers = {}) =>
  app.server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'router-authorization': SECRET, ...headers },
    payload: { query },
  })
const page = async (): Promise<string> => (await app.server.inject('/metrics')).body
/** The samples of one metric, without comments. */
const samples = (text: string, name: string): string[] => text.split('\n').filter((line) => line.startsWith(`${name}{`))

test('GET /metrics needs no secret, is text for scrapers, and may not be kept', async () => {
  const answer = await app.server.inject('/metrics')
  expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'no-store',
  ])
  expect(answer.body).toContain('nodejs_eventloop_lag_p99_seconds')
  expect(answer.body).toContain('process_resident_memory_bytes')
})

test('requests are counted by how they ended, errors by code and source, answers by route', async () => {
  await post(BY_ID)
  simulator.legacy.faults.add({ kind: 'status', status: 500 })
  await post(BY_ID)
  await post(BY_ID, { 'cache-control': 'no-cache' })
  await post('{ nonsense }')
  await app.server.inject({ method: 'POST', url: '/graphql', payload: { query: BY_ID } })
  await app.server.inject('/ana.silva@example.com')
  const text = await page()
  expect(samples(text, 'identity_graphql_requests_total')).toEqual([
    'identity_graphql_requests_total{outcome="ok"} 2',
    'identity_graphql_requests_total{outcome="partial"} 1',
    'identity_graphql_requests_total{outcome="failed"} 1',
  ])
  expect(samples(text, 'identity_graphql_errors_total')).toEqual([
    'identity_graphql_errors_total{code="UPSTREAM_UNAVAILABLE",source="LEGACY"} 1',
    'identity_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED",source=""} 1',
  ])
  expect(samples(text, 'identity_graphql_request_duration_seconds_count')).toContain(
    'identity_graphql_request_duration_seconds_count{outcome="ok"} 2',
  )
  const calls = 'identity_upstream_calls_total{source="LEGACY",operation="GET /user/{user_id}"'
  expect(text.split('\n')).toContain(`${calls},outcome="ok",result="200"} 1`)
  expect(text).toMatch(/,outcome="failed",result="500"\} \d/)
  expect(text).toContain('identity_upstream_breaker{source="SITE_PARTNER",state="closed"} 1')
  expect(samples(text, 'identity_stale_answers_total')).toEqual(['identity_stale_answers_total{source="LEGACY"} 1'])
  expect(samples(text, 'identity_http_responses_total')).toEqual([
    'identity_http_responses_total{route="/graphql",status="200"} 3',
    'identity_http_responses_total{route="/graphql",status="400"} 1',
    'identity_http_responses_total{route="/graphql",status="401"} 1',
    'identity_http_responses_total{route="none",status="404"} 1',
  ])
  expect(samples(text, 'identity_source_state').filter((line) => line.endsWith(' 1'))).toEqual([
    'identity_source_state{source="LEGACY",state="UNAVAILABLE"} 1',
    'identity_source_state{source="SITE_PARTNER",state="UNKNOWN"} 1',
  ])
})

test('what the pipelines tell is shown per source, and a rate only where there is one', async () => {
  const state = { ratePerSecond: null, queued: 3, running: 2, breaker: 'open', credentials: 'good' } as const
  const metrics = createMetrics({
    sourceStates: () => [],
    directory: { facts: () => [], sizeBytes: () => 0, now: () => new Date() },
    pipelineStates: () => [
      ['LEGACY', state],
      ['SITE_PARTNER', { ...state, ratePerSecond: 8, breaker: 'closed', credentials: 'dead' }],
    ],
  })
  const call = { upstream: 'LEGACY', operation: 'GET /user/{user_id}', durationMs: 30, attempt: 1 } as const
  metrics.attempted({ ...call, outcome: 'ok', status: 200, requestId: 'planted' })
  metrics.attempted({ ...call, outcome: 'failed', code: 'UPSTREAM_TIMEOUT', durationMs: 2_000 })
  metrics.retried({ ...call, attempt: 2, waitMs: 10 })
  metrics.refused({ ...call, reason: 'breaker' })
  const text = await metrics.page()
  const operation = 'operation="GET /user/{user_id}"'
  for (const line of [
    `identity_upstream_calls_total{source="LEGACY",${operation},outcome="ok",result="200"} 1`,
    `identity_upstream_calls_total{source="LEGACY",${operation},outcome="failed",result="UPSTREAM_TIMEOUT"} 1`,
    `identity_upstream_call_duration_seconds_bucket{le="0.05",source="LEGACY",${operation}} 1`,
    `identity_upstream_call_duration_seconds_sum{source="LEGACY",${operation}} 2.03`,
    `identity_upstream_retries_total{source="LEGACY",${operation}} 1`,
    `identity_upstream_refusals_total{source="LEGACY",${operation},reason="breaker"} 1`,
    'identity_upstream_breaker{source="LEGACY",state="open"} 1',
    'identity_upstream_breaker{source="LEGACY",state="closed"} 0',
    'identity_upstream_credentials_dead{source="SITE_PARTNER"} 1',
    'identity_upstream_queued{source="LEGACY"} 3',
    'identity_upstream_running{source="LEGACY"} 2',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
  expect(samples(text, 'identity_upstream_rate_per_second')).toEqual([
    'identity_upstream_rate_per_second{source="SITE_PARTNER"} 8',
  ])
  expect(text).not.toContain('planted')
})

test('neither metrics nor logs have anything of a person, a secret, or of what a client called its operation', async () => {
  await post(BY_ID, { 'x-request-id': 'traced-1' })
  simulator.legacy.faults.add({ kind: 'status', status: 500, body: { error: ANA.email } })
  const live = { 'cache-control': 'no-cache', 'user-agent': 'planted-agent' }
  await post(BY_ID, { ...live, 'x-request-id': 'traced-2' })
  await post(`query PlantedName { identityHolder(email: "${ANA.email}") { email } }`, live)
  await post('query PlantedName($planted: Int = "planted") { nonsense(planted: "planted") }')
  await app.server.inject(`/metrics/${ANA.email}?planted=1`)
  const everything = `${await page()}${JSON.stringify(logged)}`
  for (const planted of [ANA.email, ANA.user_id, ANA.firstname, SECRET, ...Object.values(simulator.environment)]) {
    expect(everything).not.toContain(planted)
  }
  expect(everything).not.toMatch(/planted/i)
  expect(await page()).not.toContain('traced')
})

test('a call that failed for good is one line in the log, and names the request, which its answer names too', async () => {
  simulator.legacy.faults.add({ kind: 'status', status: 502 })
  const answer = await post(BY_ID, { 'x-request-id': 'traced-3' })
  expect(answer.headers['x-request-id']).toBe('traced-3')
  expect(logged.filter(({ msg }) => msg === 'upstream call failed')).toMatchObject([
    {
      requestId: 'traced-3',
      source: 'LEGACY',
      operation: 'GET /user/{user_id}',
      code: 'UPSTREAM_UNAVAILABLE',
      delivery: 'UNKNOWN',
      status: 502,
      durationMs: expect.any(Number),
      attempts: 3,
    },
  ])
  expect(logged.filter(({ msg }) => msg === 'request had errors')).toMatchObject([
    { requestId: 'traced-3', outcome: 'partial', codes: ['UPSTREAM_UNAVAILABLE'] },
  ])
})

test('a token that cannot be had is told once, however many of our calls waited for it', async () => {
  simulator.sitePartner.faults.add({ kind: 'status', status: 401, endpoint: 'POST /oauth/token' })
  const page = (first: number): string => `identities(first: ${first}, filter: { source: SITE_PARTNER }) { complete }`
  await post(`{ a: ${page(1)} b: ${page(2)} c: ${page(3)} }`, { 'x-request-id': 'traced-4' })
  const failed = logged.filter(({ msg }) => msg === 'upstream call failed')
  expect(failed.filter(({ operation }) => operation === 'POST /oauth/token')).toMatchObject([
    { source: 'SITE_PARTNER', status: 401, attempts: 1 },
  ])
  expect(failed.filter(({ requestId }) => requestId === 'traced-4').map(({ code }) => code)).toContain(
    'UPSTREAM_UNAUTHORIZED',
  )
})

test.each(['{ nonsense }', '{ identity(id: "nobody") { id } }', '{ identities(last: 1) { complete } }'])(
  "what is the caller's own fault is not logged: %s",
  async (query) => {
    await post(query)
    expect(logged).toEqual([])
  },
)
