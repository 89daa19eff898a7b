import { createHmac, hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSigner, isSignedText, signText } from '../../../src/identity/cursor-signature.ts'

test('a signature is the HMAC-SHA-256 of the text under the digest of the key, for any key and text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ maxLength: 400 }), (key, text) => {
      const hmac = createHmac('sha256', hash('sha256', key, 'base64url'))
        .update(text)
        .digest('base64url')
      expect(createSigner(key)(text)).toBe(hmac.slice(0, 22))
    }),
  )
})

test('texts that are signed one after the other do not spoil each other', () => {
  const sign = createSigner('key')
  const first = sign('a')
  expect(sign('b')).not.toBe(first)
  expect(sign('a')).toBe(first)
})

test('only the very text and the very signature pass, under any of the keys', () => {
  const signature = signText('text', ['old'])
  expect(isSignedText('text', signature, ['new', 'old'])).toBe(true)
  const others = ['', 'A', `${signature}A`, signature.slice(1), `ä${signature.slice(1)}`, signature.toLowerCase()]
  for (const other of others) expect(isSignedText('text', other, ['new', 'old'])).toBe(false)
  for (const text of ['', 'Text', 'text ', 'ŧext']) expect(isSignedText(text, signature, ['new', 'old'])).toBe(false)
  expect(isSignedText('text', signature, ['new'])).toBe(false)
})
