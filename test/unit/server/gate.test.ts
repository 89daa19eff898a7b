import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp, type App } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { readBearer } from '../../../src/server/bearer-header.ts'
import { TIMING } from '../../../src/timing.ts'
import { startIssuer, type Issuer } from '../../fixtures/issuer.ts'
import { KNOWN_PEOPLE, startSimulator, type Simulator } from '../../simulator/simulator.ts'

const SECRET = 'known to the router'
const QUERY = `{ identity(id: "legacy:${KNOWN_PEOPLE.ana.legacy.user_id}") { status } }`
const GIVEN = { data: { identity: { status: 'ACTIVE' } } }

let simulator: Simulator
let issuer: Issuer
let tokensAlone: App
let both: App
let good: string
const logged: string[] = []
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 30, sitePartner: 30, shared: 10 } })
  issuer = await startIssuer()
  good = await issuer.token({ scope: 'identity:read' })
  // Not on loopback: tokens are no matter of where the server listens.
  tokensAlone = await start({ HOST: '0.0.0.0' })
  both = await start({ ROUTER_SECRET: SECRET })
})
afterAll(async () => {
  await Promise.all([tokensAlone.shutdown(), both.shutdown(), issuer.close()])
  await simulator.close()
})
beforeEach(() => {
  simulator.reset()
  logged.length = 0
})

async function start(variables: Record<string, string>): Promise<App> {
  const config = readConfig({ ...simulator.environment, ...issuer.environment, ...variables })
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) })
  return createApp(config, logger, { ...TIMING, drainMs: 0 })
}

async function ask({ server }: App, headers: Record<string, string>, query = QUERY) {
  return server.inject({ method: 'POST', url: '/graphql', headers, payload: { query } })
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const secret = { 'router-authorization': SECRET }

describe('with tokens alone', () => {
  test('a good token lets in and gives scopes', async () => {
    expect((await ask(tokensAlone, bearer(good))).json()).toEqual(GIVEN)
    const other = await issuer.token({ scope: 'identity:audit' })
    expect((await ask(tokensAlone, bearer(other))).json().errors[0].extensions.code).toBe('FORBIDDEN')
  })

  test('a host that is not loopback is served', async () => {
    expect((await ask(tokensAlone, { ...bearer(good), host: 'identity.example' })).json()).toEqual(GIVEN)
  })

  test.each<[string, () => Promise<Record<string, string>>]>([
    ['no token', async () => ({})],
    ['an empty one', async () => ({ authorization: '' })],
    ['the secret of another setting', async () => secret],
    ['an expired one', async () => bearer(await issuer.token({ exp: 1 }))],
    ['one for others', async () => bearer(await issuer.token({ aud: 'others' }))],
    ['a password', async () => ({ authorization: `Basic ${good}` })],
    ['two in one', async () => ({ authorization: `Bearer ${good}, Bearer ${good}` })],
    ['one that is too long', async () => bearer(await issuer.token({ padding: 'x'.repeat(8_192) }))],
    ['one under another name', async () => ({ 'x-authorization': `Bearer ${good}` })],
  ])('%s is answered with 401, without why, and calls nobody', async (_name, headersOf) => {
    const headers = await headersOf()
    const answer = await ask(tokensAlone, headers)
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json()).toEqual({
      errors: [{ message: 'This endpoint needs a valid bearer token.', extensions: { code: 'UNAUTHENTICATED' } }],
    })
    expect([simulator.legacy.calls.count(), logged]).toEqual([0, []])
  })

  test('the schema is for callers only', async () => {
    const sdl = '{ _service { sdl } }'
    expect((await ask(tokensAlone, {}, sdl)).body).not.toContain('Identity')
    expect((await ask(tokensAlone, bearer(good), sdl)).body).toContain('Identity')
  })

  test('health needs none', async () => {
    expect((await tokensAlone.server.inject('/health/ready')).statusCode).toBe(200)
  })

  test('a stranger is refused before the body is read', async () => {
    await tokensAlone.server.listen({ host: '127.0.0.1', port: 0 })
    const { port } = tokensAlone.server.server.address() as AddressInfo
    const headers = { 'content-type': 'application/json', 'content-length': '1000000', authorization: 'Bearer x.y.z' }
    const sending = request({ host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers, agent: false })
    sending.on('error', () => undefined)
    // The rest never comes: a server that waited for it would give no answer.
    sending.write('{"query":"')
    const [response] = await once(sending, 'response')
    expect(response.statusCode).toBe(401)
    sending.destroy()
  })
})

describe('with a secret and tokens', () => {
  test('the secret lets in, and the token gives scopes', async () => {
    expect((await ask(both, { ...secret, ...bearer(good) })).json()).toEqual(GIVEN)
  })

  test('the secret without a token may do nothing that needs a scope', async () => {
    const answer = await ask(both, secret)
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      { data: { identity: null }, errors: [{ path: ['identity'], extensions: { code: 'FORBIDDEN' } }] },
    ])
  })

  test.each<[string, () => Promise<Record<string, string>>]>([
    ['a good token without the secret', async () => bearer(good)],
    ['a good token with a wrong secret', async () => ({ ...bearer(good), 'router-authorization': 'guessed' })],
    ['the secret with a bad token', async () => ({ ...secret, ...bearer(await issuer.token({ exp: 1 })) })],
    ['the secret with what is no token', async () => ({ ...secret, authorization: 'Basic YTpi' })],
  ])('%s is answered with 401', async (_name, headersOf) => {
    const answer = await ask(both, await headersOf())
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(simulator.legacy.calls.count()).toBe(0)
  })
})

test('keys that cannot be had are told to the log, and to nobody else', async () => {
  const app = await start({})
  issuer.answerWith((_request, response) => void response.writeHead(500).end())
  const answer = await ask(app, bearer(good))
  issuer.answerWith(undefined)
  await app.shutdown()
  expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  expect(logged.map((line) => JSON.parse(line).msg)).toEqual(['the key set of JWKS_URL could not be loaded'])
})

describe('the header', () => {
  test.each<[string, readonly string[], unknown]>([
    ['is read in any letter case', ['AUTHORIZATION', 'bEARER a.b.c'], { value: 'a.b.c' }],
    ['may have spaces around', ['authorization', ' Bearer   a.b.c '], { value: 'a.b.c' }],
    ['may be missing', ['host', 'x', 'accept', 'authorization'], 'NONE'],
    ['may be empty', ['authorization', '  '], 'NONE'],
    ['may not come twice', ['authorization', 'Bearer a.b.c', 'Authorization', 'Bearer a.b.c'], 'INVALID'],
    ['may not come twice, one of them empty', ['authorization', '', 'authorization', 'Bearer a.b.c'], 'INVALID'],
    ['may not be of another kind', ['authorization', 'Token a.b.c'], 'INVALID'],
    ['may not be a token alone', ['authorization', 'a.b.c'], 'INVALID'],
    ['may not be the kind alone', ['authorization', 'Bearer '], 'INVALID'],
    ['may not have two tokens', ['authorization', 'Bearer a b'], 'INVALID'],
    ['may not have other characters', ['authorization', 'Bearer a.b.c\u0000'], 'INVALID'],
    ['may not be longer than 8 kB', ['authorization', `Bearer ${'a'.repeat(8_192)}`], 'INVALID'],
  ])('%s', (_name, rawHeaders, expected) => expect(readBearer(rawHeaders)).toEqual(expected))
})
