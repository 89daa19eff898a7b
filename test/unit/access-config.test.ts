import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const LEGACY = { LEGACY_APPLICATION_KEY: 'hush-app', LEGACY_USER_API_KEY: 'hush-user' }
const TOKENS = { JWKS_URL: 'https://hush.example', JWT_ISSUER: 'hush-issuer', JWT_AUDIENCE: 'hush-audience' }
const BASE = { ...LEGACY, ROUTER_SECRET: 'hush-router' }

/** Every value in these tests that must not be told has the word hush in it. */
function faultsOf(variables: Record<string, string>): readonly string[] {
  try {
    readConfig(variables)
  } catch (error) {
    if (error instanceof ConfigError && !error.message.includes('hush')) return error.faults
    throw error
  }
  return []
}

describe('secured access', () => {
  const tokens = { jwksUrl: 'https://hush.example', issuer: 'hush-issuer', audience: 'hush-audience' }

  test('asks for a secret, for tokens, or for both', () => {
    const accessOf = (variables: Record<string, string>) => {
      const config = readConfig({ ...LEGACY, ...variables })
      return [config.routerSecret?.(), config.tokens]
    }
    expect(accessOf({ ROUTER_SECRET: 'hush' })).toEqual(['hush', undefined])
    expect(accessOf(TOKENS)).toEqual([undefined, tokens])
    expect(accessOf({ ROUTER_SECRET: 'hush', ...TOKENS })).toEqual(['hush', tokens])
  })

  test.each<[string, Record<string, string>, RegExp[]]>([
    ['no secret and no tokens', LEGACY, [/^ROUTER_SECRET.*JWKS_URL.*ACCESS=open/]],
    ['tokens by nobody', { ...BASE, ...TOKENS, JWT_ISSUER: '' }, [/^JWT_ISSUER is missing/]],
    ['tokens for nobody', { ...BASE, ...TOKENS, JWT_AUDIENCE: ' ' }, [/^JWT_AUDIENCE is missing/]],
    // They were meant to be looked at, and without keys none would be.
    ['tokens without keys', { ...BASE, ...TOKENS, JWKS_URL: '' }, [/^JWKS_URL is missing/]],
    ['keys over plain HTTP', { ...BASE, ...TOKENS, JWKS_URL: 'http://hush.example' }, [/^JWKS_URL is an https URL/]],
    ['tokens in the open', { ...LEGACY, ...TOKENS, ACCESS: 'open' }, [/^JWKS_URL is for secured access/]],
  ])('does not start with %s', (_name, variables, expected) => {
    expect(faultsOf(variables)).toEqual(expected.map((each) => expect.stringMatching(each)))
  })

  test('takes issuer and audience as they are: they are compared letter by letter', () => {
    const config = readConfig({ ...BASE, ...TOKENS, JWT_ISSUER: 'https://Issuer.example/', JWT_AUDIENCE: 'Api/' })
    expect(config.tokens).toMatchObject({ issuer: 'https://Issuer.example/', audience: 'Api/' })
  })

  test.each(['http://127.0.0.1:1/keys', 'http://localhost:1/keys', 'https://issuer.example/.well-known/jwks.json'])(
    'takes keys from %s',
    (JWKS_URL) => expect(readConfig({ ...LEGACY, ...TOKENS, JWKS_URL }).tokens?.jwksUrl).toBe(JWKS_URL),
  )
})

describe('ACCESS=open', () => {
  const open = { ...LEGACY, ACCESS: 'open' }

  test.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1'])('is for HOST=%s', (HOST) => {
    expect(readConfig({ ...open, HOST }).routerSecret).toBeUndefined()
  })

  test.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', 'example.com'])(
    'is not for HOST=%s',
    (HOST) => expect(faultsOf({ ...open, HOST })).toEqual([expect.stringContaining('ACCESS=open')]),
  )

  test('is no matter of secured access, which any HOST may have', () => {
    expect(readConfig({ ...BASE, HOST: '0.0.0.0' }).routerSecret?.()).toBe('hush-router')
  })
})
