import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { toCaller } from '../../../src/server/token-claims.ts'

const scopesOf = (claims: JWTPayload) => [...(toCaller(claims).scopes ?? [])].toSorted()
const nameOf = (claims: JWTPayload) => toCaller({ iss: 'https://issuer.example/', ...claims }).name

describe('scopes', () => {
  test.each<[string, JWTPayload, string[]]>([
    ['a text', { scope: 'a b' }, ['a', 'b']],
    ['a text with spaces too many', { scope: ' a  b ' }, ['a', 'b']],
    ['a list under scope', { scope: ['a', 'b'] }, ['a', 'b']],
    ['a list', { scp: ['a', 'b'] }, ['a', 'b']],
    ['a text under scp', { scp: 'a b' }, ['a', 'b']],
    ['permissions', { permissions: ['a'] }, ['a']],
    ['all of them together', { scope: 'a', scp: ['b'], permissions: ['c', 'a'] }, ['a', 'b', 'c']],
    ['none', {}, []],
    ['an empty text', { scope: '' }, []],
    ['what is no text', { scope: { identity: 'read' }, scp: 5, permissions: [['a'], null, { a: 1 }, 7] }, []],
    ['a list whose item has spaces: they are not taken apart', { scp: ['a b'] }, []],
    ['what could break a line', { permissions: ['a\nb', 'c"d', 'e'] }, ['e']],
  ])('from %s', (_name, claims, scopes) => expect(scopesOf(claims)).toEqual(scopes))
})

describe('the name of a caller', () => {
  test.each<[string, JWTPayload, string]>([
    ['the subject', { sub: 'auth0|5f7c8ec7', client_id: 'app' }, 'auth0|5f7c8ec7'],
    ['the client, without a subject', { client_id: 'app', azp: 'other' }, 'app'],
    ['the authorized party, without both', { azp: 'app' }, 'app'],
    ['nothing, without any', {}, 'unnamed'],
    ['nothing, for what is no text', { sub: 5 } as unknown as JWTPayload, 'unnamed'],
  ])('is %s', (_name, claims, name) => expect(nameOf(claims)).toBe(name))

  test.each([
    ['an e-mail address', 'ana.silva@example.com'],
    ['a person’s name', 'Ana Silva'],
    ['a forged line', 'x\n{"level":30,"caller":"router"}'],
    ['too long', 'x'.repeat(129)],
    ['the name of a caller without a token', 'router'],
    ['the other such name', 'local'],
  ])('is a digest where the subject is %s', (_name, sub) => {
    const name = nameOf({ sub })
    expect(name).toMatch(/^sha256:[0-9a-f]{32}$/)
    expect(nameOf({ sub })).toBe(name)
    expect(nameOf({ sub, iss: 'https://other.example/' })).not.toBe(name)
  })
})
