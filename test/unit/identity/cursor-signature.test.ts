import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSigner, readSigned, signerOf } from '../../../src/identity/cursor-signature.ts'

test('a signature is the SHA-512/256 of key and text, and tells half of what it takes to hash on from it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ maxLength: 400 }), (key, text) => {
      const digest = hash('sha512-256', hash('sha256', key, 'base64url') + text, 'hex')
      expect(createSigner(key)(text)).toBe(digest.slice(0, 33))
    }),
  )
})

test('keys and texts that are the same when laid end to end have different signatures', () => {
  expect(createSigner('key')('1text')).not.toBe(createSigner('key1')('text'))
})

test('only the very text and the very signature pass, under any of the keys', () => {
  const signature = signerOf(['old'])('text')
  const keys = ['new', 'old']
  expect(readSigned(`text.${signature}`, '.', keys)).toBe('text')
  const others = ['', 'a', `${signature}a`, signature.slice(1), `ä${signature.slice(1)}`, signature.toUpperCase()]
  for (const other of others) expect(readSigned(`text.${other}`, '.', keys)).toBe(undefined)
  for (const text of ['', 'Text', 'text ', 'ŧext', '.text', 'text.']) {
    expect(readSigned(`${text}.${signature}`, '.', keys)).toBe(undefined)
  }
  for (const whole of [signature, `text~${signature}`, `text${signature}`, 'text', '.', '']) {
    expect(readSigned(whole, '.', keys)).toBe(undefined)
  }
  expect(readSigned(`text.${signature}`, '.', ['new'])).toBe(undefined)
})

test('the text may hold the mark that parts it from its signature', () => {
  expect(readSigned(`a.b.${signerOf(['key'])('a.b')}`, '.', ['key'])).toBe('a.b')
})
