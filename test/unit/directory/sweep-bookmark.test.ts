import { describe, expect, it } from 'vitest'
import { decodeBookmark, encodeBookmark } from '../../../src/directory/sync/sweep-bookmark.ts'

const now = new Date('2026-11-21T10:00:00Z')
const place = { offset: 3, seen: ['a', 'b', 'c'], seenAll: true, head: 'a' }

describe('where a sweep stands, as text', () => {
  it('is read again as it was written, with only the nearest ids', () => {
    expect(decodeBookmark(encodeBookmark({ place, pages: 1, users: 3, at: now }), now)).toEqual({
      place,
      pages: 1,
      users: 3,
      at: now,
    })
    const long = { ...place, seen: Array.from({ length: 40 }, (_, index) => `u${index}`) }
    const read = decodeBookmark(encodeBookmark({ place: long, pages: 1, users: 40, at: now }), now)
    expect(read?.place).toEqual({ ...long, seen: long.seen.slice(24), seenAll: false })
  })

  it.each([
    '',
    'null',
    '[]',
    '"text"',
    '{"v":1',
    '{"v":2,"place":{"offset":3,"seen":[],"seenAll":true},"pages":1,"users":3,"at":0}',
    '{"v":1,"place":{"offset":-3,"seen":[],"seenAll":true},"pages":1,"users":3,"at":1795255200000}',
    '{"v":1,"place":{"offset":3,"seen":[5],"seenAll":true},"pages":1,"users":3,"at":1795255200000}',
    '{"v":1,"place":{"offset":3,"seen":[],"seenAll":1},"pages":1,"users":3,"at":1795255200000}',
    '{"v":1,"place":{"offset":3,"seen":[],"seenAll":true,"head":7},"pages":1,"users":3,"at":1795255200000}',
    '{"v":1,"place":{"offset":3,"seen":[],"seenAll":true},"pages":"1","users":3,"at":1795255200000}',
  ])('is nothing when it reads %s', (text) => {
    expect(decodeBookmark(text, now)).toBeUndefined()
  })

  it('is nothing an hour after the last page', () => {
    const text = encodeBookmark({ place, pages: 1, users: 3, at: now })
    expect(decodeBookmark(text, new Date(now.getTime() + 3_600_000))).toBeDefined()
    expect(decodeBookmark(text, new Date(now.getTime() + 3_600_001))).toBeUndefined()
  })
})
