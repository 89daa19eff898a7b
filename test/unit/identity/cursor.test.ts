import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor, fingerprint, type Cursor, type CursorKeys } from '../../../src/identity/cursor.ts'
import { START } from '../../../src/identity/place.ts'

const keys: CursorKeys = () => ['first key']
const query = fingerprint({ source: 'LEGACY' })
const cursor: Cursor = {
  mode: 'live',
  query,
  positions: {
    LEGACY: { offset: 7, seen: ['a', 'ü"\\'], seenAll: false, next: 'c', head: undefined },
    SITE_PARTNER: 'end',
  },
}

describe('a cursor', () => {
  it('comes back as it went', () => {
    expect(decodeCursor(encodeCursor(cursor, keys), query, keys)).toEqual(cursor)
    const start: Cursor = { ...cursor, positions: { LEGACY: START, SITE_PARTNER: { ...START, head: 'h' } } }
    expect(decodeCursor(encodeCursor(start, keys), query, keys)).toEqual({
      ...start,
      positions: {
        LEGACY: { ...START, next: undefined, head: undefined },
        SITE_PARTNER: { ...START, next: undefined, head: 'h' },
      },
    })
  })

  it('comes back as it went with any ids', () => {
    const anyId = fc.string({ unit: 'binary', maxLength: 20 })
    const anyPlace = fc.record({
      offset: fc.nat(),
      seenAll: fc.boolean(),
      seen: fc.array(fc.oneof(anyId, fc.constantFrom('', 'i', '~', '.', '\ud800')), { maxLength: 4 }),
      next: fc.option(anyId, { nil: undefined }),
      head: fc.option(anyId, { nil: undefined }),
    })
    const anyPosition = fc.oneof(anyPlace, fc.constant('end' as const))
    fc.assert(
      fc.property(anyPosition, anyPosition, (LEGACY, SITE_PARTNER) => {
        const text = encodeCursor({ ...cursor, positions: { LEGACY, SITE_PARTNER } }, keys)
        expect(decodeCursor(text, query, keys).positions).toEqual({ LEGACY, SITE_PARTNER })
        expect(text).toMatch(/^[\w.~-]+$/)
      }),
    )
  })

  it('is good under the old key while a new one signs, and no longer', () => {
    const text = encodeCursor(cursor, () => ['old'])
    expect(decodeCursor(text, query, () => ['new', 'old'])).toEqual(cursor)
    expect(() => decodeCursor(text, query, () => ['new'])).toThrow('not a cursor')
  })

  it('is bound to what was asked', () => {
    expect(() => decodeCursor(encodeCursor(cursor, keys), fingerprint({}), keys)).toThrow('another filter or order')
  })

  it('does not tell a forged one from a broken one', () => {
    const [payload] = encodeCursor(cursor, keys).split('.')
    const messages = ['', 'x', `${payload}.`, `${payload}.AAAA`, encodeCursor(cursor, () => ['other'])].map((text) => {
      try {
        decodeCursor(text, query, keys)
        return 'accepted'
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(new Set(messages).size).toBe(1)
    expect(messages[0]).toContain('not a cursor')
  })
})

describe('the fingerprint of a question', () => {
  it('is the same for equal questions, however they are put', () => {
    expect(fingerprint({ a: 1, b: 2 })).toBe(fingerprint({ b: 2, a: 1 }))
    expect(fingerprint({ a: null, b: undefined })).toBe(fingerprint({}))
    expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: 2 }))
  })
})
