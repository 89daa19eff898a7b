import { expect, it } from 'vitest'
import { normalizeEmail } from '../../../src/identity/email.ts'

it.each([
  ['ana@example.com', 'ana@example.com'],
  ['Ana@Example.COM', 'ana@example.com'],
  [' ana@example.com\t', 'ana@example.com'],
  ['ana silva@example.com', 'ana silva@example.com'],
  ['zoe\u0308@example.com', 'zo\u00EB@example.com'],
  ['ana@[127.0.0.1]', 'ana@[127.0.0.1]'],
  ['~{}|`_^\\', '~{}|`_^\\'],
  [' ', null],
  ['', null],
])('%j compares as %j', (email, expected) => {
  expect(normalizeEmail(email)).toBe(expected)
})

it('every character of ASCII is normalized as the rule says', () => {
  for (let code = 0; code < 128; code++) {
    const character = String.fromCharCode(code)
    expect(normalizeEmail(character)).toBe(character.trim().toLowerCase().normalize('NFC') || null)
  }
})
