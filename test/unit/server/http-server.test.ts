import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp, type App } from '../../../src/app.ts'
import { TIMING } from '../../../src/timing.ts'
import { readConfig } from '../../../src/config.ts'
import { readMaxAge } from '../../../src/server/read-scope.ts'
import { KNOWN_PEOPLE, startSimulator, type Simulator } from '../../simulator/simulator.ts'

const LIMIT = 2 * 1024 * 1024
const JSON_TYPE = { 'content-type': 'application/json' }
const SANDBOX = 'https://studio.apollographql.com'
const BY_ID = { query: `{ identity(id: "legacy:${KNOWN_PEOPLE.ana.legacy.user_id}") { email } }` }
const ANA = { data: { identity: { email: KNOWN_PEOPLE.ana.legacy.email } } }

let simulator: Simulator
let apps: readonly App[]
let development: FastifyInstance
let production: FastifyInstance
const logged: unknown[] = []
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 30, sitePartner: 30, shared: 10 } })
  const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
  const timing = { ...TIMING, drainMs: 0 }
  const variables = { ACCESS: 'open', ...simulator.environment }
  const open = await createApp(readConfig(variables), logger, timing)
  const closed = await createApp(readConfig({ ...variables, NODE_ENV: 'production' }), logger, timing)
  apps = [open, closed]
  development = open.server
  production = closed.server
})
afterAll(async () => {
  await Promise.all(apps.map((app) => app.shutdown()))
  await simulator.close()
})
beforeEach(() => {
  simulator.reset()
  logged.length = 0
})

describe('POST /graphql', () => {
  test('answers, and lets nobody keep the answer', async () => {
    const answer = await post(BY_ID)
    expect([answer.statusCode, answer.json()]).toEqual([200, ANA])
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': expect.stringContaining('application/json'),
    })
    const persisted = { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }
    for (const wrong of [{ query: '{ nonsense }' }, persisted]) {
      expect((await post(wrong)).headers['cache-control']).toBe('no-store')
    }
  })

  test('answers with 200 where a part failed', async () => {
    simulator.legacy.faults.add({ kind: 'status', status: 500 })
    const answer = await post(BY_ID, development, { 'cache-control': 'no-cache' })
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { data: { identity: null } }])
    expect(answer.json().errors[0].extensions).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      source: 'LEGACY',
      retryable: true,
    })
  })

  const FORM = 'application/x-www-form-urlencoded'
  test.each<[string, number, string, string | Buffer]>([
    ['text', 415, 'text/plain', JSON.stringify(BY_ID)],
    ['a form', 415, FORM, 'query={identity(id:"hush"){id}}'],
    ['a form of parts', 415, 'multipart/form-data; boundary=x', '--x\r\n\r\nhush\r\n--x--'],
    ['JSON that calls itself text', 415, 'text/json', JSON.stringify(BY_ID)],
    ['no type', 415, '', JSON.stringify(BY_ID)],
    ['broken JSON', 400, 'application/json', '{"query":"hush'],
    ['a prototype', 400, 'application/json', '{"query":"{__typename}","__proto__":{"hush":1}}'],
    ['nothing', 400, 'application/json', ''],
    ['bytes that are no text', 400, 'application/json', Buffer.from([0xff, 0xfe, 0x00])],
    ['a number', 400, 'application/json', '5'],
    ['null', 400, 'application/json', 'null'],
    ['no query', 400, 'application/json', '{"hush":1}'],
    ['a query of the wrong type', 400, 'application/json', '{"query":{"hush":1}}'],
    ['variables as text', 400, 'application/json', '{"query":"{__typename}","variables":"{\\"hush\\":1}"}'],
    ['a batch', 400, 'application/json', JSON.stringify([BY_ID, BY_ID])],
    ['more than 2 MB', 413, 'application/json', JSON.stringify({ query: '#'.repeat(LIMIT) })],
  ])(
    'refuses %s with %i in the form of GraphQL, without echo, and calls nobody',
    async (_name, status, type, payload) => {
      const headers = type === '' ? {} : { 'content-type': type }
      const answer = await development.inject({ method: 'POST', url: '/graphql', headers, payload })
      expect([answer.statusCode, answer.json().errors[0]]).toMatchObject([
        status,
        { message: expect.any(String), extensions: { code: expect.stringMatching(/^BAD_/) } },
      ])
      expect(answer.body).not.toMatch(/hush|FST_/)
      expect(answer.headers['cache-control']).toBe('no-store')
      expect([simulator.legacy.calls.count(), logged]).toEqual([0, []])
    },
  )

  test('takes 2 MB', async () => {
    const padding = LIMIT - JSON.stringify({ ...BY_ID, extensions: { padding: '' } }).length
    const answer = await post({ ...BY_ID, extensions: { padding: 'x'.repeat(padding) } })
    expect([answer.statusCode, answer.json()]).toEqual([200, ANA])
  })

  test('refuses what asks for too much with 400', async () => {
    const aliases = Array.from({ length: 31 }, (_, index) => `a${index}: identity(id: "legacy:1") { id }`)
    const answer = await post({ query: `{ ${aliases.join(' ')} }` })
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
    expect([simulator.legacy.calls.count(), logged]).toEqual([0, []])
  })
})

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const)('%s /graphql runs nothing', async (method) => {
  const url = `/graphql?query=${encodeURIComponent(BY_ID.query)}`
  const answer = await development.inject({ method, url })
  expect(answer.statusCode).toBe(405)
  expect(answer.headers['allow']).toBe('POST')
  expect(simulator.legacy.calls.count()).toBe(0)
})

describe('what is for development', () => {
  test('the page at / is a page under a strict policy, with a nonce of its own each time', async () => {
    const pages = await Promise.all([development.inject('/'), development.inject('/')])
    const nonces = pages.map(
      ({ headers }) => /'nonce-([^']{20,})'/.exec(String(headers['content-security-policy']))?.[1],
    )
    expect(new Set(nonces).size).toBe(2)
    for (const [index, { statusCode, headers, body }] of pages.entries()) {
      expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(body.match(/nonce="([^"]+)"/g)).toEqual(Array.from({ length: 3 }, () => `nonce="${nonces[index]}"`))
      expect(body).toContain('/graphql')
    }
    expect((await production.inject('/')).statusCode).toBe(404)
  })

  test('introspection and suggestions are not given in production', async () => {
    const query = '{ __schema { queryType { name } } }'
    expect((await post({ query })).json()).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } })
    const answers = await Promise.all(
      [query, '{ __type(name: "Query") { name } }', '{ identitiez { nodes { id } } }'].map(async (each) =>
        post({ query: each }, production),
      ),
    )
    for (const answer of answers) {
      expect(answer.statusCode).toBe(400)
      expect(answer.body).not.toMatch(/queryType|Did you mean|identities/)
    }
  })

  const preflight = async (server: FastifyInstance, origin: string) =>
    server.inject({
      method: 'OPTIONS',
      url: '/graphql',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,router-authorization',
        'access-control-request-private-network': 'true',
      },
    })

  test('Apollo Studio may ask from its own origin, also a server on this machine', async () => {
    const { statusCode, headers } = await preflight(development, SANDBOX)
    expect(statusCode).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': SANDBOX,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type,router-authorization',
      'access-control-allow-private-network': 'true',
    })
    const answer = await post(BY_ID, development, { origin: SANDBOX })
    expect([answer.headers['access-control-allow-origin'], answer.json()]).toEqual([SANDBOX, ANA])
  })

  test.each([
    'https://evil.example',
    'http://studio.apollographql.com',
    'https://studio.apollographql.com.evil.example',
    'null',
  ])('%s may not', async (origin) => {
    expect(corsHeaders((await preflight(development, origin)).headers)).toEqual([])
    expect(corsHeaders((await post(BY_ID, development, { origin })).headers)).toEqual([])
  })

  test('nobody may in production', async () => {
    const answer = await preflight(production, SANDBOX)
    expect([answer.statusCode, corsHeaders(answer.headers)]).toEqual([404, []])
    expect(corsHeaders((await post(BY_ID, production, { origin: SANDBOX })).headers)).toEqual([])
  })
})

describe('health', () => {
  test('live and ready say so, and an upstream that is down changes nothing of it', async () => {
    simulator.legacy.faults.add({ kind: 'drop' })
    await post(BY_ID)
    const [live, ready] = await Promise.all([development.inject('/health/live'), development.inject('/health/ready')])
    expect([live.statusCode, live.json()]).toEqual([200, { status: 'live' }])
    expect([ready.statusCode, ready.json()]).toMatchObject([
      200,
      { status: 'ready', sources: [{ source: 'LEGACY', state: 'UNAVAILABLE' }, { source: 'SITE_PARTNER' }] },
    ])
  })
})

test.each([
  [undefined, Number.POSITIVE_INFINITY],
  ['', Number.POSITIVE_INFINITY],
  ['no-cache', 0],
  ['No-Cache', 0],
  ['no-store', 0],
  ['max-age=0', 0],
  ['max-age=30', 30_000],
  ['MAX-AGE="30"', 30_000],
  ['private, max-age=5 ,max-stale=9', 5_000],
  ['max-age=5, no-cache', 0],
  ['max-age=5, max-age=50', 5_000],
  ['s-maxage=5', Number.POSITIVE_INFINITY],
  ['max-age=-1', 0],
  ['max-age=soon', 0],
  ['max-age = 5', 5_000],
])('cache-control %j takes what is at most %d ms old', (header, maxAgeMs) => {
  expect(readMaxAge(header)).toBe(maxAgeMs)
})

async function post(payload: object, server = development, headers: Record<string, string> = {}) {
  return server.inject({ method: 'POST', url: '/graphql', headers: { ...JSON_TYPE, ...headers }, payload })
}

function corsHeaders(headers: object): string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-allow-origin'))
}

describe('a server that asks for no secret', () => {
  // A page whose name resolves to 127.0.0.1 could read identities through its visitor's browser.
  test.each(['evil.example', 'evil.example:4001', '127.0.0.1.evil.example'])('refuses the host %j', async (host) => {
    const response = await development.inject({ method: 'POST', url: '/graphql', headers: { host }, payload: BY_ID })
    expect(response.statusCode).toBe(403)
    expect(simulator.legacy.calls.count()).toBe(0)
  })

  test.each(['127.0.0.1', '127.0.0.1:4001', 'localhost:4001', '[::1]:4001', 'LOCALHOST'])('serves %j', async (host) => {
    const response = await development.inject({ method: 'POST', url: '/graphql', headers: { host }, payload: BY_ID })
    expect(response.json()).toEqual(ANA)
  })
})

describe('what is served nowhere', () => {
  test('is answered without repeating the URL', async () => {
    for (const [method, url] of [
      ['GET', '/secret?query=ana'],
      ['PUT', '/graphql?query=ana'],
    ] as const) {
      const response = await development.inject({ method, url })
      expect([404, 405]).toContain(response.statusCode)
      expect(response.body).not.toContain('ana')
    }
  })
})
