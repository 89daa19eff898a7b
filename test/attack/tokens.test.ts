import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSubgraph, type Subgraph } from '../e2e/subgraph.ts'
import { callsOf } from './attack.ts'
import { findCanaries } from './canaries.ts'
import { exchange, operation } from './wire.ts'

const ISSUER = 'https://issuer.example/'
const AUDIENCE = 'identity-subgraph'
const CLAIMS: JWTPayload = { sub: 'attacker@example.com', scope: 'identity:read' }

const ours = await generateKeyPair('RS256', { extractable: true })
const theirs = await generateKeyPair('RS256')
const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'ours', alg: 'RS256', use: 'sig' }
const keySet = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
})

let subgraph: Subgraph
const logs: string[] = []
beforeAll(async () => {
  await once(keySet.listen(0, '127.0.0.1'), 'listening')
  const { port } = keySet.address() as AddressInfo
  subgraph = await startSubgraph({
    variables: {
      NODE_ENV: 'production',
      ACCESS: 'secured',
      JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
    },
    log: (line) => logs.push(line),
  })
})
beforeEach(() => {
  subgraph.simulator.reset()
  logs.length = 0
})
afterAll(async () => {
  await subgraph.close()
  keySet.close()
})

interface TokenParts {
  readonly claims?: JWTPayload
  readonly header?: Record<string, unknown>
  readonly issuer?: string
  readonly audience?: string
  readonly expires?: string
  readonly notBefore?: string
  readonly key?: CryptoKey | Uint8Array
}

/** A token that is right in all but what is said otherwise. */
async function token(parts: TokenParts = {}): Promise<string> {
  const {
    claims = CLAIMS,
    header = {},
    issuer = ISSUER,
    audience = AUDIENCE,
    expires = '5m',
    key = ours.privateKey,
  } = parts
  const jwt = new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'ours', ...header })
    .setIssuedAt()
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
  if (parts.notBefore) jwt.setNotBefore(parts.notBefore)
  return jwt.sign(key)
}

const good = await token()
const [head = '', payload = '', signature = ''] = good.split('.')
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = new UnsecuredJWT(CLAIMS).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('5m').encode()
const publicKeyAsSecret = new TextEncoder().encode(await exportSPKI(ours.publicKey))

async function ask(authorization: string | undefined, lines = '') {
  const question = { query: '{ identities(first: 1) { nodes { id } } }' }
  const headers = { 'router-authorization': undefined, authorization }
  return exchange(Number(new URL(subgraph.url).port), operation(question, { headers, lines }))
}

test('the token that the others are made from lets its bearer in', async () => {
  expect((await ask(`Bearer ${good}`)).status).toBe(200)
})

test.each<[string, string | undefined]>([
  ['none', undefined],
  ['an empty one', 'Bearer '],
  ['one under another scheme', `Basic ${good}`],
  ['no token but a word', 'Bearer hunter2-hunter2'],
  ['alg none', `Bearer ${unsigned}`],
  ['alg none in capitals', `Bearer ${encoded({ alg: 'NONE' })}.${payload}.`],
  ['alg none with our signature', `Bearer ${encoded({ alg: 'none', kid: 'ours' })}.${payload}.${signature}`],
  [
    'HS256 with our public key for a secret',
    `Bearer ${await token({ header: { alg: 'HS256' }, key: publicKeyAsSecret })}`,
  ],
  ['one signed by somebody else', `Bearer ${await token({ key: theirs.privateKey })}`],
  [
    'one signed by somebody else under a key of theirs',
    `Bearer ${await token({ key: theirs.privateKey, header: { kid: 'theirs' } })}`,
  ],
  [
    'one that brings its own key',
    `Bearer ${await token({ key: theirs.privateKey, header: { jwk: await exportJWK(theirs.publicKey) } })}`,
  ],
  [
    'one that says where its key is',
    `Bearer ${await token({ key: theirs.privateKey, header: { jku: 'http://127.0.0.1:1/keys' } })}`,
  ],
  ['one without a signature', `Bearer ${head}.${payload}.`],
  ['one with another payload', `Bearer ${head}.${encoded({ ...CLAIMS, scope: 'identity:delete' })}.${signature}`],
  ['one that is cut off', `Bearer ${good.slice(0, -10)}`],
  ['an expired one', `Bearer ${await token({ expires: '-5m' })}`],
  ['one that is not good yet', `Bearer ${await token({ notBefore: '10m' })}`],
  ['one for another audience', `Bearer ${await token({ audience: 'another-api' })}`],
  ['one of another issuer', `Bearer ${await token({ issuer: 'https://evil.example/' })}`],
  ['one of an issuer that begins like ours', `Bearer ${await token({ issuer: `${ISSUER}evil` })}`],
  ['two in one header', `Bearer ${good}, Bearer ${good}`],
])('%s is refused with 401, and nobody is called', async (_name, authorization) => {
  const reply = await ask(authorization)
  expect([reply.status, JSON.parse(reply.body)]).toMatchObject([
    401,
    { errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }] },
  ])
  expect(callsOf(subgraph)).toEqual({})
  const planted = [
    { name: 'payload', value: payload },
    { name: 'subject', value: 'attacker@example.com' },
    { name: 'issuer', value: 'evil.example' },
    { name: 'stack', value: 'node_modules' },
  ]
  expect(findCanaries(`${reply.raw}${logs.join('')}`, planted)).toEqual([])
})

test('a good token in the query or in the body is none', async () => {
  const bytes = operation(
    { query: '{ __typename }', extensions: { authorization: `Bearer ${good}` } },
    { line: `POST /graphql?access_token=${good} HTTP/1.1`, headers: { 'router-authorization': undefined } },
  )
  expect((await exchange(Number(new URL(subgraph.url).port), bytes)).status).toBe(401)
})
