import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError, readConfig, type Config } from '../../src/config.ts'

const LEGACY = { LEGACY_APPLICATION_KEY: 'hush-app', LEGACY_USER_API_KEY: 'hush-user' }
const SITE_PARTNER = { SITE_PARTNER_CLIENT_ID: 'hush-id', SITE_PARTNER_CLIENT_SECRET: 'hush-secret' }
const BASE = { ...LEGACY, ROUTER_SECRET: 'hush-router' }

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'config-'))))
afterAll(() => rmSync(folder, { recursive: true }))

function faultsOf(variables: Record<string, string>): readonly string[] {
  const error = errorOf(variables)
  expect(error).toBeInstanceOf(ConfigError)
  for (const fault of error.faults) expect(error.message).toContain(fault)
  // Every value in these tests that must not be told has this word in it.
  expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain('hush')
  return error.faults
}

function errorOf(variables: Record<string, string>): ConfigError {
  try {
    readConfig(variables)
  } catch (error) {
    return error as ConfigError
  }
  return expect.unreachable('nothing is wrong')
}

describe('what is left out has a default', () => {
  test('of the contract', () => {
    const config = readConfig({ ...BASE, ...SITE_PARTNER, HOST: '', PORT: ' ' })
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4001,
      production: false,
      legacy: { url: 'https://api.partnerize.com', auth: 'headers' },
      sitePartner: {
        url: 'https://api.lynkwell.com',
        tokenUrl: 'https://lynkwell-prod.us.auth0.com/oauth/token',
        audience: 'https://api.lynkwell.com',
      },
    })
    expect(secretsOf(config)).toEqual(['hush-router', 'hush-app', 'hush-user', 'hush-id', 'hush-secret'])
    expect(Object.isFrozen(config)).toBe(true)
  })

  test('and nothing is written unless it is allowed', () => {
    const off = { legacy: false, sitePartner: false, legacyDelete: false }
    expect(readConfig(BASE)).toMatchObject({ writes: off, auditLog: 'stdout' })
    const on = { LEGACY_WRITES: 'on', SITE_PARTNER_WRITES: 'on', LEGACY_DELETE: 'on', AUDIT_LOG: 'audit.log' }
    const writes = { legacy: true, sitePartner: true, legacyDelete: true }
    expect(readConfig({ ...BASE, ...on })).toMatchObject({ writes, auditLog: 'audit.log' })
    expect(faultsOf({ ...BASE, LEGACY_WRITES: 'yes' })).toEqual(['LEGACY_WRITES is one of: off, on.'])
  })

  test('and a source without credentials is left out', () => {
    expect(readConfig(BASE).sitePartner).toBeUndefined()
    expect(readConfig({ ...SITE_PARTNER, ROUTER_SECRET: 'hush' }).legacy).toBeUndefined()
  })

  test.each([
    ['production', true],
    ['development', false],
    ['', false],
  ])('NODE_ENV=%s', (NODE_ENV, production) => {
    expect(readConfig({ ...BASE, NODE_ENV }).production).toBe(production)
  })
})

describe('faults', () => {
  // An empty environment was told of ROUTER_SECRET first, and of the missing credentials at the next start.
  test('of an empty environment are told at once', () => {
    expect(faultsOf({})).toEqual([
      expect.stringContaining('ROUTER_SECRET'),
      expect.stringMatching(/LEGACY_APPLICATION_KEY.*LEGACY_USER_API_KEY.*SITE_PARTNER_CLIENT_ID.*_CLIENT_SECRET/),
    ])
  })

  test('are all told at once, each with its variable and without any value', () => {
    const faults = faultsOf({
      PORT: 'hush',
      ACCESS: 'hush',
      JWKS_URL: 'http://hush.example/keys',
      LEGACY_API_URL: 'http://hush.example',
      LEGACY_API_AUTH: 'hush',
      LEGACY_APPLICATION_KEY: 'hush',
      SITE_PARTNER_API_URL: 'hush',
      SITE_PARTNER_TOKEN_URL: 'https://hush:hush@example.com/token',
      SITE_PARTNER_CLIENT_SECRET: 'hush',
      CURSOR_SECRET_FILE: '/hush/no-such-file',
    })
    const variables = ['PORT', 'ACCESS', 'JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE', 'LEGACY_API_URL', 'LEGACY_API_AUTH']
    variables.push('LEGACY_USER_API_KEY', 'SITE_PARTNER_API_URL', 'SITE_PARTNER_TOKEN_URL')
    variables.push('SITE_PARTNER_CLIENT_ID', 'CURSOR_SECRET_FILE')
    expect(faults.map((fault) => String(fault.split(' ')[0])).toSorted()).toEqual(variables.toSorted())
  })

  test.each<[string, Record<string, string>, RegExp[]]>([
    ['half a pair', { ...BASE, SITE_PARTNER_CLIENT_ID: 'hush' }, [/^SITE_PARTNER_CLIENT_SECRET is missing/]],
    ['the other half', { LEGACY_USER_API_KEY: 'hush', ROUTER_SECRET: 'r' }, [/^LEGACY_APPLICATION_KEY is missing/]],
    ['NAME and NAME_FILE', { ...BASE, ROUTER_SECRET_FILE: '/hush' }, [/^ROUTER_SECRET and ROUTER_SECRET_FILE/]],
    ['a file that is not there', { ...LEGACY, ROUTER_SECRET_FILE: '/hush' }, [/^ROUTER_SECRET_FILE/]],
    ['an empty secret', { ...LEGACY, ROUTER_SECRET: ' ' }, [/^ROUTER_SECRET/]],
    // `$NEW,$OLD` with neither set let nobody in, or broke every walk, without a word at the start.
    ['secrets of commas', { ...BASE, ROUTER_SECRET: ',', CURSOR_SECRET: ' , ' }, [/^CURSOR_SECRET/, /^ROUTER_SECRET/]],
    ['a port that is too high', { ...BASE, PORT: '65536' }, [/^PORT/]],
    ['a port that is no number', { ...BASE, PORT: '0x10' }, [/^PORT/]],
    [
      'a choice in other letters',
      { ...BASE, LEGACY_API_AUTH: 'Basic' },
      [/^LEGACY_API_AUTH is one of: headers, basic/],
    ],
  ])('%s', (_name, variables, expected) => {
    expect(faultsOf(variables)).toEqual(expected.map((each) => expect.stringMatching(each)))
  })
})

describe('a URL', () => {
  test.each([
    ['https://example.com/', 'https://example.com'],
    ['https://example.com/api/v2//', 'https://example.com/api/v2'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:1', 'http://localhost:1'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('%s is taken, without a slash at its end', (LEGACY_API_URL, url) => {
    expect(readConfig({ ...BASE, LEGACY_API_URL }).legacy?.url).toBe(url)
  })

  test.each([
    'http://example.com',
    'http://127.0.0.1.example.com',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'example.com',
    'https://',
    'https://hush@example.com',
    'https://:hush@example.com',
    'https://example.com?key=hush',
    'https://example.com#hush',
  ])('%s is refused', (LEGACY_API_URL) => {
    expect(faultsOf({ ...BASE, LEGACY_API_URL })).toEqual([expect.stringMatching(/^LEGACY_API_URL is an https URL/)])
  })
})

describe('the keys of cursors', () => {
  const keysOf = (variables: Record<string, string>): readonly string[] =>
    readConfig({ ...BASE, ...variables }).cursorKeys()

  test('come from the credentials: equal ones give equal keys, others others, and none is a credential', () => {
    const [key, ...rest] = keysOf({})
    expect(rest).toEqual([])
    expect(keysOf({ PORT: '1' })).toEqual([key])
    expect(keysOf({ LEGACY_USER_API_KEY: 'other' })).not.toEqual([key])
    expect(keysOf(SITE_PARTNER)).not.toEqual([key])
    // Where one credential ends and the next begins counts too.
    expect(keysOf({ LEGACY_APPLICATION_KEY: 'hush-apph', LEGACY_USER_API_KEY: 'ush-user' })).not.toEqual([key])
    expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32)
  })

  test('come from CURSOR_SECRET where it is set: the new one signs, the old one is good', () => {
    const [fresh] = keysOf({ CURSOR_SECRET: 'new' })
    const [old] = keysOf({ CURSOR_SECRET: 'old', LEGACY_USER_API_KEY: 'other' })
    expect(keysOf({ CURSOR_SECRET: ' new , old,' })).toEqual([fresh, old])
  })

  test('of a CURSOR_SECRET that changes stay good for one rotation', () => {
    const path = join(folder, 'cursor')
    let now = 0
    writeFileSync(path, '1st')
    const { cursorKeys } = readConfig({ ...BASE, CURSOR_SECRET_FILE: path }, () => now)
    const [first] = cursorKeys()
    const rotate = (secret: string): readonly string[] => {
      writeFileSync(path, secret)
      now += 1_000
      return cursorKeys()
    }
    const second = rotate('second')
    expect(second).toEqual([expect.any(String), first])
    expect(rotate('the third')).toEqual([expect.any(String), second[0]])
  })

  // Both files of a pair change in a rotation, but one is seen before the other: the key of half old and half new pushed
  // the one that had signed every cursor so far out of its place.
  test('stay good when the credentials that they come from are rotated one after the other', () => {
    const paths = { LEGACY_APPLICATION_KEY_FILE: join(folder, 'app'), LEGACY_USER_API_KEY_FILE: join(folder, 'user') }
    let now = 0
    for (const path of Object.values(paths)) writeFileSync(path, 'old')
    const { cursorKeys } = readConfig({ ...paths, ROUTER_SECRET: 'hush' }, () => now)
    const [before] = cursorKeys()
    for (const path of Object.values(paths)) {
      writeFileSync(path, 'rotated')
      now += 1_000
      expect(cursorKeys()[0]).not.toBe(before)
    }
    expect(cursorKeys()).toContain(before)
    expect(cursorKeys()[0]).toEqual(keysOf({ LEGACY_APPLICATION_KEY: 'rotated', LEGACY_USER_API_KEY: 'rotated' })[0])
  })
})

function secretsOf({ routerSecret, legacy, sitePartner }: Config): unknown[] {
  const { applicationKey, userApiKey } = legacy ?? {}
  return [routerSecret, applicationKey, userApiKey, sitePartner?.clientId, sitePartner?.clientSecret].map((secret) =>
    secret?.(),
  )
}
