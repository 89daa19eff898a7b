import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ConfigError, readConfig } from '../../src/config.ts'
import { startSubgraph, type Subgraph } from '../e2e/subgraph.ts'
import { KNOWN_PEOPLE, type Fault } from '../simulator/simulator.ts'
import { PASSWORD } from './attack.ts'
import { ENCODINGS, findCanaries, type Canary } from './canaries.ts'
import { exchange, operation, request, SECRET } from './wire.ts'

const OLD_SECRET = 'the-router-secret-before-this-one'
const CURSOR_SECRET = 'the-secret-that-signs-the-cursors'

/** Personal data of people that the simulator holds, apart from what is also an id. */
const PEOPLE: readonly Canary[] = Object.entries(KNOWN_PEOPLE).flatMap(
  ([name, { legacy, sitePartner }]: [string, any]) =>
    [legacy?.email, sitePartner?.email, legacy?.password]
      .filter((value) => typeof value === 'string')
      .map((value: string) => ({ name: `${name}: ${value}`, value })),
)
/** Somebody whose names stand in no id. */
const ZENOBIA = {
  first: 'Zenobia-Xanthippe',
  last: 'Featherstonehaugh',
  email: 'zenobia.x@example.org',
  next: 'new.zenobia@example.org',
}

/** Upstreams quote whom they speak of. */
const QUOTED: Canary = { name: 'what an upstream said', value: 'Quoted Person <quoted.person@example.com> +1-555-0142' }

function secretsOf({ simulator }: Subgraph): Canary[] {
  const { LEGACY_APPLICATION_KEY, LEGACY_USER_API_KEY, SITE_PARTNER_CLIENT_SECRET } = simulator.environment
  return (
    Object.entries({
      LEGACY_APPLICATION_KEY,
      LEGACY_USER_API_KEY,
      SITE_PARTNER_CLIENT_SECRET,
      SECRET,
      OLD_SECRET,
      CURSOR_SECRET,
    })
      .map(([name, value = '']) => ({ name, value }))
      // The upstreams' addresses are nobody's business either.
      .concat(
        ['LEGACY_API_URL', 'SITE_PARTNER_API_URL'].map((name) => ({
          name,
          value: new URL(simulator.environment[name] ?? '').host,
        })),
      )
  )
}

const FAULTS: readonly Fault[] = [
  ...[400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503].map((status): Fault => ({
    kind: 'status',
    status,
    body: { error: { message: QUOTED.value, key: KNOWN_PEOPLE.ana.legacy.email } },
    headers: { 'x-quoted': encodeURIComponent(QUOTED.value), 'set-cookie': 'a=b' },
  })),
  { kind: 'status', status: 500, body: QUOTED.value, contentType: 'text/plain' },
  { kind: 'status', status: 200, body: [QUOTED.value] },
  { kind: 'status', status: 200, body: `{"users":[{"user_id":1,"email":"${QUOTED.value}` },
  { kind: 'throttle', headers: 'retry-after', seconds: 1 },
  { kind: 'redirect', location: `http://127.0.0.1:1/?who=${encodeURIComponent(QUOTED.value)}` },
  { kind: 'not-json' },
  { kind: 'wrong-content-type' },
  { kind: 'drop' },
  { kind: 'drop-after' },
  { kind: 'truncate' },
  { kind: 'huge', bytes: 3 * 1024 * 1024 },
  { kind: 'unknown-fields' },
  { kind: 'hang' },
]

const ANA = `legacy:${KNOWN_PEOPLE.ana.legacy.user_id}`
/** They ask for nothing personal, so nothing personal may be in any answer. */
const QUESTIONS: readonly (object | string)[] = [
  `{ identity(id: "${ANA}") { id status source asOf createdAt } }`,
  '{ identities(first: 100) { edges { cursor node { id status role } } pageInfo { endCursor } sources { state code } } }',
  '{ identities(first: 3, allowPartial: true) { nodes { id sourceStatus network { id } } complete sources { state code } } }',
  {
    query: 'query ($e: String!) { identityHolder(email: $e) { identities { id } } }',
    variables: { e: KNOWN_PEOPLE.ben.legacy.email },
  },
  {
    query:
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { id status } ... on IdentityHolder { identities { id } } } }',
    variables: {
      r: [
        { __typename: 'Identity', id: ANA, email: KNOWN_PEOPLE.ana.legacy.email },
        { __typename: 'IdentityHolder', email: KNOWN_PEOPLE.elena.sitePartner.email },
      ],
    },
  },
  '{ identitySources { source state code asOf } }',
  '{ _service { sdl } }',
  // Changes of an account that is there, of one that is not, and of one to be made.
  ...['updateIdentity', 'deactivateIdentity', 'deleteIdentity'].map((name) => ({
    query: `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { outcome errors { code message path } } }`,
    variables: {
      input: {
        id: ANA,
        ...(name === 'updateIdentity' && { firstName: ZENOBIA.first }),
        ...(name === 'deleteIdentity' && { confirmEmail: ZENOBIA.email }),
      },
    },
  })),
  {
    query:
      'mutation ($input: ProvisionLegacyIdentityInput!) { provisionLegacyIdentity(input: $input) { outcome errors { code message path } } }',
    variables: {
      input: { email: ZENOBIA.next, firstName: ZENOBIA.first, lastName: ZENOBIA.last, password: PASSWORD },
    },
  },
  // And what goes wrong on the way in.
  {
    query: 'query ($f: IdentityFilter) { identities(filter: $f) { complete } }',
    variables: { f: { email: 5, search: KNOWN_PEOPLE.ana.legacy.email } },
  },
  `{ identityHolder(email: "${KNOWN_PEOPLE.ana.legacy.email}") { nothing } }`,
  `{ identities(filter: { email: "${KNOWN_PEOPLE.ana.legacy.email}" }) { complete } }`,
  `{ identity(id: "${KNOWN_PEOPLE.ana.legacy.email}") { id } }`,
  `{ identityHolder(email: "${KNOWN_PEOPLE.ana.legacy.email}`,
]

/** All that a server says, on every channel, to all the questions: while its upstreams are well, and then under a fault. */
async function listenUnder(fault: Fault, auth: string): Promise<{ channels: string[]; secrets: Canary[] }> {
  const channels: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'canary-'))
  const auditLog = join(folder, 'audit.jsonl')
  const subgraph = await startSubgraph({
    simulator: { people: { legacy: 40, sitePartner: 40, shared: 10 } },
    variables: {
      NODE_ENV: 'production',
      ACCESS: 'secured',
      ROUTER_SECRET: `${SECRET},${OLD_SECRET}`,
      CURSOR_SECRET,
      LEGACY_API_AUTH: auth,
      LEGACY_WRITES: 'on',
      LEGACY_DELETE: 'on',
      AUDIT_LOG: auditLog,
    },
    timing: { attemptTimeoutMs: 200, deadlineMs: 400, mutationDeadlineMs: 600 },
    log: (line) => channels.push(line),
  })
  const port = Number(new URL(subgraph.url).port)
  const get = (path: string): Buffer =>
    request('', { line: `GET ${path} HTTP/1.1`, headers: { 'content-type': undefined, 'content-length': undefined } })
  const listen = async (): Promise<void> => {
    for (const question of QUESTIONS) channels.push((await exchange(port, operation(question))).raw)
    for (const path of ['/', '/health/live', '/health/ready', `/${SECRET}`])
      channels.push((await exchange(port, get(path))).raw)
    const metrics = await exchange(port, get('/metrics'))
    expect(metrics.status).toBe(200)
    channels.push(metrics.raw)
    channels.push(
      (await exchange(port, operation('{ __typename }', { headers: { 'router-authorization': `${SECRET}x` } }))).raw,
    )
  }
  await listen()
  for (const upstream of [subgraph.simulator.legacy, subgraph.simulator.sitePartner]) upstream.faults.add(fault)
  await listen()
  await subgraph.close()
  const audited = readFileSync(auditLog, 'utf8')
  expect(audited).toContain(`"id":"${ANA}"`)
  rmSync(folder, { recursive: true })
  return { channels: [...channels, audited], secrets: secretsOf(subgraph) }
}

/** What is the same for every server. */
const PLANTED: readonly Canary[] = [
  ...PEOPLE,
  ...Object.entries(ZENOBIA).map(([name, value]) => ({ name, value })),
  QUOTED,
  { name: 'password', value: PASSWORD },
  { name: 'stack', value: 'node_modules' },
]

test('nothing that is planted leaves the process', { timeout: 240_000 }, async () => {
  const channels: string[] = []
  // Each fault meets a server that knows nothing of the others: some of them stop all further calls.
  for (const [index, fault] of FAULTS.entries()) {
    const seen = await listenUnder(fault, index % 2 ? 'basic' : 'headers')
    const canaries = [...seen.secrets, ...PLANTED]
    expect(new Set(seen.channels.flatMap((text) => findCanaries(text, canaries)))).toEqual(new Set())
    channels.push(...seen.channels)
  }
  // The scan has seen answers with data and every kind of failure, so it has not looked at silence.
  const codes = new Set(channels.flatMap((text) => [...text.matchAll(/"code":"([A-Z_]+)"/g)].map((match) => match[1])))
  expect([...codes]).toEqual(
    expect.arrayContaining([
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_TIMEOUT',
      'UPSTREAM_THROTTLED',
      'UPSTREAM_UNAUTHORIZED',
      'UPSTREAM_INVALID_RESPONSE',
      'BAD_USER_INPUT',
      'UNAUTHENTICATED',
    ]),
  )
  expect(channels.join('')).toContain(`"id":"${ANA}"`)
  expect(channels.filter((text) => text.includes('"msg":"source state"')).length).toBeGreaterThan(5)
})

test('settings that do not fit are named without what is in them', () => {
  const variables = {
    HOST: SECRET,
    PORT: SECRET,
    ACCESS: SECRET,
    LEGACY_API_URL: `https://user:${SECRET}@example.com`,
    LEGACY_API_AUTH: SECRET,
    LEGACY_APPLICATION_KEY: SECRET,
    SITE_PARTNER_CLIENT_SECRET_FILE: `/${SECRET}`,
    ROUTER_SECRET: SECRET,
    ROUTER_SECRET_FILE: `/${SECRET}`,
    JWKS_URL: SECRET,
  }
  const fault = (): ConfigError => {
    try {
      return readConfig(variables) as never
    } catch (error) {
      return error as ConfigError
    }
  }
  const { faults, message, stack } = fault()
  expect(faults.length).toBeGreaterThan(5)
  expect(findCanaries(`${message}${stack}`, [{ name: 'secret', value: SECRET }])).toEqual([])
})

describe('the scan itself', () => {
  const CANARIES: readonly Canary[] = [...PEOPLE, QUOTED, { name: 'key', value: 'k"e&y <ä>/+~0' }]

  test.each(Object.keys(ENCODINGS))('finds each canary in %s, in any surroundings and letter case', (encoding) => {
    for (const canary of CANARIES) {
      for (const spelled of ENCODINGS[encoding]?.(canary.value) ?? []) {
        expect(findCanaries(`before ${spelled.toUpperCase()} behind`, [canary])).toContain(
          `${canary.name} in ${encoding}`,
        )
      }
    }
  })

  test.each(['', 'a', 'ab', 'abc'])('finds what stands in base64 behind %j', (before) => {
    for (const { name, value } of CANARIES) {
      const text = `${before}${value}${before}`
      expect(findCanaries(Buffer.from(text).toString('base64'), [{ name, value }])).toContain(`${name} in base64`)
      expect(findCanaries(Buffer.from(text).toString('base64url'), [{ name, value }])).toContain(`${name} in base64url`)
    }
  })

  test('finds nothing where nothing is', () => {
    expect(findCanaries('{"data":{"identity":null}}', CANARIES)).toEqual([])
  })

  test('catches a server that masks nothing', async () => {
    const server = new ApolloServer({
      typeDefs: 'type Query { fail(password: Int): Int }',
      resolvers: { Query: { fail: () => Promise.reject(new Error(QUOTED.value)) } },
      includeStacktraceInErrorResponses: true,
    })
    const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } })
    onTestFinished(() => server.stop())
    const planted = [QUOTED, { name: 'password', value: SECRET }, { name: 'stack', value: 'node_modules' }]
    const found = await Promise.all(
      ['{ fail }', `{ fail(password: "${SECRET}") }`].map(async (query) => {
        const { raw } = await exchange(Number(new URL(url).port), operation(query, { line: 'POST / HTTP/1.1' }))
        return findCanaries(raw, planted)
      }),
    )
    expect(found.flat()).toEqual(
      expect.arrayContaining([`${QUOTED.name} in plain`, 'password in plain', 'stack in plain']),
    )
  })
})
