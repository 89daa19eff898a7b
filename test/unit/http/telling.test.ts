import { beforeEach, expect, test } from 'vitest'
import { upstreamError } from '../../../src/errors.ts'
import { createCallLog, type CallLog, type FailedCall } from '../../../src/http/call-log.ts'
import { refuseLocally } from '../../../src/http/local-refusal.ts'
import { reportAttempts, reportRefusals } from '../../../src/http/observed.ts'
import { UNOBSERVED, type Attempt, type Refusal } from '../../../src/http/pipeline-observer.ts'
import { singleFlight } from '../../../src/http/single-flight.ts'
import { withPolicies, type HttpPolicy, type HttpResponse } from '../../../src/http/transport.ts'

type End = HttpResponse | Error

const status = (code: number): HttpResponse => ({ status: code, headers: {}, body: undefined })

let failed: FailedCall[]
let attempts: Attempt[]
let refusals: Refusal[]
let log: CallLog
beforeEach(() => {
  failed = []
  attempts = []
  refusals = []
  log = createCallLog('LEGACY', (call) => void failed.push(call))
})

const observer = {
  ...UNOBSERVED,
  attempted: (attempt: Attempt) => void attempts.push(attempt),
  refused: (refusal: Refusal) => void refusals.push(refusal),
}

async function call(end: End, policies: readonly HttpPolicy[], signal = new AbortController().signal): Promise<void> {
  const transport = async (): Promise<HttpResponse> => {
    if (end instanceof Error) throw end
    return end
  }
  const request = { method: 'GET', path: '/user/5', operation: 'GET /user/{user_id}', requestId: 'r1', signal } as const
  await withPolicies(transport, ...policies)(request).catch(() => undefined)
}

test.each<[string, End, number]>([
  ['a failure', upstreamError('UPSTREAM_TIMEOUT', 'LEGACY'), 1],
  ['a 500', status(500), 1],
  ['a 401', status(401), 1],
  ['an answer about the person', status(404), 0],
  ['a success', status(200), 0],
  // With the breaker open, a line for each request that we refuse ourselves would fill the log.
  ['a refusal of ours', refuseLocally('LEGACY', 'breaker'), 0],
  ['a client that left', new Error('left'), 0],
])('of %s the log has the lines that it needs', async (_name, end, lines) => {
  await call(end, [log.calls, log.attempts])
  expect(failed).toHaveLength(lines)
})

test('a failure that many share is told once, without what was asked for', async () => {
  const shared = singleFlight()
  let calls = 0
  const transport = withPolicies(async () => {
    calls++
    throw upstreamError('UPSTREAM_UNAVAILABLE', 'LEGACY')
  }, log.attempts)
  const send = withPolicies(transport, log.calls, shared)
  const request = { method: 'GET', path: '/user/5', operation: 'GET /user/{user_id}', requestId: 'r1' } as const
  const all = Array.from({ length: 5 }, async () => send({ ...request, signal: new AbortController().signal }))
  await Promise.allSettled(all)
  expect([calls, failed.length]).toEqual([1, 1])
  expect(failed[0]).toMatchObject({ operation: 'GET /user/{user_id}', requestId: 'r1', attempts: 1 })
  expect(JSON.stringify(failed)).not.toContain('/user/5')
})

test('an attempt that nobody waited for any more is no failure of the upstream', async () => {
  const policies = [reportAttempts('LEGACY', observer, () => 0)]
  await call(upstreamError('UPSTREAM_TIMEOUT', 'LEGACY'), policies)
  await call(new Error('left'), policies, AbortSignal.abort(new Error('left')))
  expect(attempts.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['failed', 'UPSTREAM_TIMEOUT'],
    ['left', undefined],
  ])
})

test('what we refuse is counted by its reason, and nothing else is', async () => {
  const policies = [reportRefusals('LEGACY', observer)]
  for (const reason of ['breaker', 'pacing', 'credentials'] as const)
    await call(refuseLocally('LEGACY', reason), policies)
  for (const end of [status(429), upstreamError('UPSTREAM_TIMEOUT', 'LEGACY'), new Error('left')])
    await call(end, policies)
  expect(refusals.map(({ reason }) => reason)).toEqual(['breaker', 'pacing', 'credentials'])
})
