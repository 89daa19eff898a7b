import { base64url, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTokenVerifier, type VerifyToken } from '../../../src/server/bearer-tokens.ts'
import { createKeySet, fetchKeys } from '../../../src/server/key-set.ts'
import { AUDIENCE, createSigningKey, ISSUER, signToken, startIssuer, type Issuer } from '../../fixtures/issuer.ts'

const MINUTE_MS = 60_000

let issuer: Issuer
let verify: VerifyToken
let failures: unknown[]
/** When the test began, and milliseconds by which all clocks of the server are ahead of that. */
let began: number
let ahead: number
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
beforeEach(() => {
  issuer.publish(issuer.key)
  issuer.answerWith(undefined)
  failures = []
  began = Date.now()
  ahead = 0
  const keySet = createKeySet({
    load: async () => fetchKeys(issuer.environment.JWKS_URL),
    monotonicNow: () => 1_000_000 + ahead,
    onFailure: (error) => failures.push(error),
  })
  verify = createTokenVerifier({
    config: { issuer: ISSUER, audience: AUDIENCE },
    keySet,
    now: () => new Date(began + ahead),
  })
})

const seconds = (): number => Math.floor(began / 1000)

describe('a good token', () => {
  test('tells who asks and what they may do', async () => {
    const caller = await verify(await issuer.token({ scope: 'identity:read identity:read:pii' }))
    expect(caller).toEqual({ name: 'client-1', scopes: new Set(['identity:read', 'identity:read:pii']) })
  })

  test.each(['PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'])('may be signed with %s', async (alg) => {
    const key = await createSigningKey('other', alg)
    issuer.publish(key)
    expect(await verify(await signToken(key))).toBeDefined()
  })

  test.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt', undefined])('may call itself %s', async (typ) => {
    expect(await verify(await issuer.token({}, { typ }))).toBeDefined()
  })

  test('may be one of several for which it was made', async () => {
    expect(await verify(await issuer.token({ aud: ['https://other.example', AUDIENCE] }))).toBeDefined()
  })

  test('is verified once, and its caller is the same each time', async () => {
    const token = await issuer.token()
    expect(await verify(token)).toBe(await verify(token))
  })

  test('is good until it expires, and five seconds more for clocks that differ', async () => {
    const token = await issuer.token({ exp: seconds() + 100 })
    expect(await verify(token)).toBeDefined()
    ahead = 104_000
    expect(await verify(token)).toBeDefined()
    ahead = 106_000
    expect(await verify(token)).toBeUndefined()
  })
})

test('clocks may differ by five seconds, in either direction, also when a token is seen for the first time', async () => {
  expect(await verify(await issuer.token({ exp: seconds() - 3 }))).toBeDefined()
  expect(await verify(await issuer.token({ nbf: seconds() + 4 }))).toBeDefined()
  const later = await issuer.token({ nbf: seconds() + 60 })
  expect(await verify(later)).toBeUndefined()
  ahead = 60_000
  expect(await verify(later)).toBeDefined()
})

describe('no good token', () => {
  test.each<[string, () => Promise<string>]>([
    ['that is unsigned', async () => new UnsecuredJWT(claims()).encode()],
    ['that says none in other letters', async () => `${encode({ alg: 'nOnE' })}.${encode(claims())}.`],
    ['signed with the public key as a secret', signedWithPublicKey],
    ['that has expired', async () => issuer.token({ exp: seconds() - 6 })],
    ['that never expires', async () => issuer.token({ exp: undefined })],
    ['that is not good yet', async () => issuer.token({ nbf: seconds() + 60 })],
    ['for somebody else', async () => issuer.token({ aud: 'https://other.example' })],
    ['for nobody', async () => issuer.token({ aud: undefined })],
    ['by another issuer', async () => issuer.token({ iss: 'https://other.example/' })],
    ['by an issuer spelt otherwise', async () => issuer.token({ iss: ISSUER.replace(/\/$/, '') })],
    ['by no issuer', async () => issuer.token({ iss: undefined })],
    ['with an unknown key', async () => signToken(await createSigningKey('unknown'))],
    ['with another key under a known name', async () => signToken(await createSigningKey('first'))],
    ['that brings its own key', withEmbeddedKey],
    ['that tells where its key is', async () => signToken(await createSigningKey('first'), {}, { jku: 'https://x' })],
    ['with a demand that is not understood', withCriticalHeader],
    ['that ends a session', async () => issuer.token({}, { typ: 'logout+jwt' })],
    ['that proves a key', async () => issuer.token({}, { typ: 'dpop+jwt' })],
    ['whose type is no text', async () => issuer.token({}, { typ: 5 })],
    ['signed with an algorithm that is not taken', withAnotherAlgorithm],
    ['whose claims were changed', withChangedClaims],
    ['that is encrypted', async () => `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`],
    ['that is no token', async () => 'nonsense'],
    ['of empty parts', async () => '..'],
  ])('%s', async (_name, make) => {
    expect(await verify(await make())).toBeUndefined()
    // Also when it comes again.
    expect(await verify(await make())).toBeUndefined()
  })
})

describe('keys that change', () => {
  test('a token by a new key is taken at once, half a minute after the last look', async () => {
    await verify(await issuer.token())
    const fresh = await createSigningKey('second')
    issuer.publish(issuer.key, fresh)
    expect(await verify(await signToken(fresh))).toBeUndefined()
    ahead = MINUTE_MS / 2
    expect(await verify(await signToken(fresh))).toBeDefined()
    expect(await verify(await issuer.token())).toBeDefined()
  })

  test('a token by a key that was taken away is refused after the next look, however good it was', async () => {
    const token = await issuer.token({ exp: seconds() + 3600 })
    expect(await verify(token)).toBeDefined()
    const second = await createSigningKey('second')
    issuer.publish(second)
    ahead = MINUTE_MS
    // The new key makes it look.
    expect(await verify(await signToken(second))).toBeDefined()
    expect(await verify(token)).toBeUndefined()
  })

  test('made-up names of keys do not make it ask for each', async () => {
    await verify(await issuer.token())
    const before = issuer.asked()
    const stranger = await createSigningKey('stranger')
    for (let index = 0; index < 20; index++) {
      expect(await verify(await signToken(stranger, {}, { kid: `made-up-${index}` }))).toBeUndefined()
    }
    expect(issuer.asked()).toBe(before)
  })
})

function claims() {
  return { iss: ISSUER, aud: AUDIENCE, sub: 'attacker', exp: seconds() + 600 }
}

function encode(value: object): string {
  return base64url.encode(JSON.stringify(value))
}

async function signedWithPublicKey(): Promise<string> {
  const published = await importJWK(issuer.key.published, 'RS256', { extractable: true })
  const secret = new TextEncoder().encode(await exportSPKI(published as never))
  return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: issuer.key.kid }).sign(secret)
}

async function withEmbeddedKey(): Promise<string> {
  const own = await createSigningKey('first')
  return signToken(own, {}, { jwk: own.published })
}

async function withCriticalHeader(): Promise<string> {
  const header = { alg: 'RS256', kid: issuer.key.kid, crit: ['policy'], policy: 'strict' }
  return new SignJWT(claims()).setProtectedHeader(header).sign(issuer.key.privateKey, { crit: { policy: true } })
}

async function withChangedClaims(): Promise<string> {
  const [header, , signature] = (await issuer.token()).split('.')
  return `${header}.${encode({ ...claims(), scope: 'identity:delete' })}.${signature}`
}

async function withAnotherAlgorithm(): Promise<string> {
  const key = await createSigningKey('first', 'RS512')
  issuer.publish(key)
  return signToken(key)
}
