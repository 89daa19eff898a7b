import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { PublicError } from '../../../src/errors.ts'
import { createAccessTokens } from '../../../src/http/access-token.ts'
import { createBearerCredentials } from '../../../src/http/bearer-credentials.ts'
import { SYSTEM_CLOCK } from '../../../src/http/clock.ts'
import { CredentialsPolicy } from '../../../src/http/credentials.ts'
import { localReason } from '../../../src/http/local-refusal.ts'
import { withPolicies, type HttpRequest, type HttpTransport } from '../../../src/http/transport.ts'
import { createUndiciTransport } from '../../../src/http/undici-transport.ts'
import { startSimulator, type Simulator } from '../../simulator/simulator.ts'
import { USERS } from '../../simulator/wire-client.ts'

const TOKEN = 'POST /oauth/token'
const LIST = `GET ${USERS}`

let simulator: Simulator
let send: HttpTransport
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 1, sitePartner: 20, shared: 1 } })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  const { environment } = simulator
  const credentials = {
    clientId: () => environment['SITE_PARTNER_CLIENT_ID'] ?? '',
    clientSecret: () => environment['SITE_PARTNER_CLIENT_SECRET'] ?? '',
    audience: environment['SITE_PARTNER_AUDIENCE'] ?? '',
  }
  const tokens = createAccessTokens({
    upstream: 'SITE_PARTNER',
    transport: transport(environment['SITE_PARTNER_TOKEN_URL'], 1),
    credentials,
    monotonicNow: SYSTEM_CLOCK.now,
  })
  const api = transport(simulator.sitePartner.url, 20)
  const policy = new CredentialsPolicy({
    upstream: 'SITE_PARTNER',
    credentials: createBearerCredentials('SITE_PARTNER', tokens, credentials),
    probe: { method: 'GET', path: `${USERS}?limit=1` },
    transport: api,
    clock: SYSTEM_CLOCK,
    onChange: () => undefined,
  })
  send = withPolicies(api, policy.guard, policy.authorize)
})

test('a call that meets a 401 renews it and goes on, once for all at the same time', async () => {
  await send(list())
  simulator.sitePartner.expireTokens()
  simulator.sitePartner.calls.reset()
  simulator.sitePartner.faults.add({ kind: 'hold', endpoint: LIST, times: 20 })
  const answers = Promise.all(Array.from({ length: 20 }, async () => send(list())))
  await simulator.sitePartner.faults.whenHeld(20)
  simulator.sitePartner.faults.release()
  expect((await answers).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(simulator.sitePartner.calls.byEndpoint()).toEqual({ [TOKEN]: 1, [LIST]: 40 })
})

test('a call whose 401 comes after another has renewed takes that token', async () => {
  await send(list())
  simulator.sitePartner.expireTokens()
  simulator.sitePartner.calls.reset()
  simulator.sitePartner.faults.add({ kind: 'hold', endpoint: LIST, times: 1, after: true })
  const late = send(list())
  await simulator.sitePartner.faults.whenHeld()
  expect((await send(list())).status).toBe(200)
  simulator.sitePartner.faults.release()
  expect((await late).status).toBe(200)
  expect(asked()).toBe(1)
})

test('a call gives up after a second 401 that a probe confirms, and then costs nothing', async () => {
  simulator.sitePartner.faults.add({ kind: 'status', status: 401, endpoint: LIST })
  expect((await send(list())).status).toBe(401)
  for (let call = 0; call < 5; call++) expect(await failureOf(send(list()))).toBe('UPSTREAM_UNAUTHORIZED')
  expect(simulator.sitePartner.calls.byEndpoint()).toEqual({ [TOKEN]: 2, [LIST]: 3 })
})

test.each([403, 429, 500])('a call takes a %i as it is', async (status) => {
  simulator.sitePartner.faults.add({ kind: 'status', status, endpoint: LIST })
  expect((await send(list())).status).toBe(status)
  expect(simulator.sitePartner.calls.byEndpoint()).toEqual({ [TOKEN]: 1, [LIST]: 1 })
})

// The refusal was wrapped, and so nobody saw that it was ours: each was tried again twice, logged as a failed call and
// counted against the upstream, whose breaker opened although nothing had been sent to it.
test('a call for which we do not ask for a token is known as a refusal of ours', async () => {
  simulator.sitePartner.faults.add({ kind: 'status', status: 500, endpoint: TOKEN })
  const reasons = []
  for (let time = 0; time < 3; time++) reasons.push(localReason(await send(list()).catch((error: unknown) => error)))
  expect([reasons, asked()]).toEqual([[undefined, undefined, 'breaker'], 2])
})

test('a call is not made when the token does not come', async () => {
  simulator.sitePartner.faults.add({ kind: 'status', status: 401, endpoint: TOKEN })
  expect(await failureOf(send(list()))).toBe('UPSTREAM_UNAUTHORIZED')
  expect(simulator.sitePartner.calls.byEndpoint()).toEqual({ [TOKEN]: 1 })
})

function asked(): number {
  return simulator.sitePartner.calls.count(TOKEN)
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'none',
    (error: PublicError) => error.code,
  )
}

function transport(baseUrl = '', connections = 1): HttpTransport {
  const closable = createUndiciTransport({ upstream: 'SITE_PARTNER', baseUrl, connections, timeoutMs: 15_000 })
  onTestFinished(() => closable.close())
  return closable.send
}

function list(): HttpRequest {
  return { method: 'GET', path: `${USERS}?limit=5`, signal: new AbortController().signal }
}
