import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../../../src/identity/cursor-signature.ts'
import { fingerprint, type CursorKeys } from '../../../src/identity/cursor.ts'
import {
  createDirectoryCursors,
  decodeDirectoryCursor,
  type DirectoryPosition,
} from '../../../src/identity/directory-cursor.ts'
import { SOURCES } from '../../../src/identity/identity.ts'

const keys: CursorKeys = () => ['first key']
const query = fingerprint({ orderBy: 'EMAIL' })
/** A time is only signed, a text is encrypted. */
const KEYS = [1_700_000_000_000, null, 'ann@example.com']
const encodeDirectoryCursor = (position: DirectoryPosition, madeFor: string, keyring: CursorKeys): string =>
  createDirectoryCursors(madeFor, keyring)(position)
const position: DirectoryPosition = { source: 'SITE_PARTNER', sourceId: 'ü"\\', key: 'ann@example.com' }

describe('a cursor of the synced directory', () => {
  it.each([position.key, 1_700_000_000_000, 0, -1, null, '', '李'])('comes back as it went, ordered by %j', (key) => {
    const text = encodeDirectoryCursor({ ...position, key }, query, keys)
    expect(decodeDirectoryCursor(text, query, keys)).toEqual({ ...position, key })
  })

  it('comes back as it went with any id and time', () => {
    const anyId = fc.string({ unit: 'binary', maxLength: 40 })
    const anyKey = fc.oneof(fc.maxSafeInteger(), fc.constant(null), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), anyId, anyKey, (source, sourceId, key) => {
        const text = encodeDirectoryCursor({ source, sourceId, key }, query, keys)
        expect(decodeDirectoryCursor(text, query, keys)).toEqual({ source, sourceId, key })
        expect(text).toMatch(/^[\w~-]+$/)
      }),
    )
  })

  it('holds a time and an id as they are, which the cursors of live walks do as well, and no more', () => {
    const text = encodeDirectoryCursor({ ...position, key: 1_700_000_000_000 }, query, keys)
    const [version, madeFor, source, time, id = '', signature] = text.split('~')
    expect([version, source, time, signature]).toEqual([
      '2',
      '1',
      '1700000000000',
      expect.stringMatching(/^[\da-f]{33}$/),
    ])
    expect(madeFor).toMatch(/^[\da-f]{12}$/)
    expect(JSON.parse(Buffer.from(id.slice(1), 'base64url').toString())).toBe('ü"\\')
    expect(text).not.toMatch(/[^\w~-]/)
  })

  it('lets nobody try addresses against what the walk was asked for', () => {
    const madeFor = (asked: string, keyring = keys): unknown => {
      const text = encodeDirectoryCursor({ ...position, key: 5 }, fingerprint({ email: asked }), keyring)
      return text.split('~')[1]
    }
    expect(madeFor('ann@example.com')).not.toBe(fingerprint({ email: 'ann@example.com' }))
    expect(madeFor('ann@example.com')).not.toBe(madeFor('ann@example.com', () => ['other key']))
    expect(madeFor('ann@example.com')).not.toBe(madeFor('bob@example.com'))
  })

  it('shows nobody an address or a name that the account is ordered by, nor whose it is', () => {
    const text = encodeDirectoryCursor(position, query, keys)
    const bytes = Buffer.from(text, 'base64url')
    for (const part of ['ann', 'example', 'SITE']) expect(bytes.includes(part)).toBe(false)
    expect(text).not.toMatch(/[^\w-]/)
  })

  it('is short for the longest address that can be delivered to', () => {
    const longest = { ...position, sourceId: crypto.randomUUID(), key: `${'a'.repeat(64)}@${'b'.repeat(189)}` }
    expect(encodeDirectoryCursor(longest, query, keys).length).toBeLessThanOrEqual(512)
  })

  it('is the same for the same position, and shares nothing with that of another one', () => {
    expect(encodeDirectoryCursor(position, query, keys)).toBe(encodeDirectoryCursor(position, query, keys))
    const other = encodeDirectoryCursor({ ...position, key: 'ann@example.con' }, query, keys)
    expect(other.slice(0, 16)).not.toBe(encodeDirectoryCursor(position, query, keys).slice(0, 16))
  })

  it.each(KEYS)('is good under the old key while a new one is in use, and no longer, ordered by %j', (key) => {
    const text = encodeDirectoryCursor({ ...position, key }, query, () => ['old'])
    expect(decodeDirectoryCursor(text, query, () => ['new', 'old'])).toEqual({ ...position, key })
    expect(() => decodeDirectoryCursor(text, query, () => ['new'])).toThrow('not a cursor')
  })

  it.each(KEYS)('is bound to what was asked, ordered by %j', (key) => {
    const text = encodeDirectoryCursor({ ...position, key }, query, keys)
    expect(() => decodeDirectoryCursor(text, fingerprint({}), keys)).toThrow('another filter or order')
  })

  it('is refused when a release with another version made it, however well it was signed', () => {
    const secret = createHmac('sha256', 'first key').update('directory cursor').digest('base64')
    const signed = (text: string): string => text + createSigner(secret)(text.slice(0, -1))
    const text = encodeDirectoryCursor({ ...position, key: 5 }, query, keys)
    const unsigned = text.slice(0, text.lastIndexOf('~') + 1)
    expect(signed(unsigned)).toBe(text)
    expect(() => decodeDirectoryCursor(signed(`3${unsigned.slice(1)}`), query, keys)).toThrow('not a cursor')
  })

  it.each(KEYS)('is refused when a single character of it was changed, cut or added, ordered by %j', (key) => {
    const text = encodeDirectoryCursor({ ...position, key }, query, keys)
    const forged = Array.from(
      text,
      (character, at) => text.slice(0, at) + (character === 'A' ? 'B' : 'A') + text.slice(at + 1),
    )
    for (const wrong of [
      ...forged,
      '',
      'x',
      text.slice(0, -1),
      `${text}A`,
      `${text}=`,
      `${text}~`,
      `~${text}`,
      `${text} `,
      'A'.repeat(20_000),
    ]) {
      expect(() => decodeDirectoryCursor(wrong, query, keys)).toThrow('not a cursor')
    }
  })
})
