import { describe, expect, it } from 'vitest'
import { pageWindow, windowStart } from '../../../src/identity/page-window.ts'
import { resumeIndex, START, trimPlace, type Extent, type Place } from '../../../src/identity/place.ts'

const place = (seen: string, next?: string): Place => ({ offset: 50, seen: seen.split(' '), seenAll: false, next })

describe('where the rows behind a place begin', () => {
  it.each<[string, string, Place, Extent, number | undefined]>([
    ['behind the last row', 'a b c d', place('a b', 'c'), 'part', 2],
    ['behind the last row, before a new one', 'b n c', place('a b', 'c'), 'part', 1],
    ['at the next row when the last one is not shown', 'c d', place('a b', 'c'), 'part', 0],
    ['at the next row behind rows slid in from before', 'x y c d', place('a b', 'c'), 'part', 2],
    ['behind an older row when the last one has gone', 'x a c d', place('a b', 'c'), 'part', 2],
    ['behind an older row when the last and the next have gone', 'x a d', place('a b', 'c'), 'part', 2],
    ['at the very end', 'a b', place('a b', 'c'), 'part', 2],
    ['nowhere when no remembered row is shown', 'x y z', place('a b', 'c'), 'part', undefined],
    ['nowhere when the order is another one', 'c a b', place('a b', 'c'), 'part', undefined],
    ['nowhere in nothing', '', place('a b'), 'part', undefined],
    ['at the start, before anything was passed', 'a b', START, 'start', 0],
    ['nowhere but at the start, before anything was passed', 'a b', START, 'part', undefined],
    [
      'at the start of the whole list when all who were passed have gone',
      'x y',
      { ...place('a b'), seenAll: true },
      'whole',
      0,
    ],
    [
      'nowhere when those who were passed may be further on',
      'x y',
      { ...place('a b'), seenAll: true },
      'start',
      undefined,
    ],
    ['nowhere when more were passed than are remembered', 'x y', place('a b'), 'whole', undefined],
  ])('%s', (_name, ids, where, extent, expected) => {
    expect(resumeIndex(ids.split(' ').filter(Boolean), where, extent)).toBe(expected)
  })
})

describe('a place for a cursor', () => {
  it('keeps the last four ids, and then no longer knows all', () => {
    expect(trimPlace({ offset: 6, seen: ['a', 'b', 'c', 'd', 'e', 'f'], seenAll: true })).toEqual({
      offset: 6,
      seen: ['c', 'd', 'e', 'f'],
      seenAll: false,
    })
    const short = { offset: 2, seen: ['a', 'b'], seenAll: true }
    expect(trimPlace(short)).toBe(short)
  })
})

describe('the page that shows a row and reaches towards another', () => {
  it('shows the row, and the smallest page is taken that holds both', () => {
    for (let from = 0; from < 2_000; from += 7) {
      for (const length of [1, 2, 26, 51, 99, 100]) {
        const window = pageWindow(from, from + length)
        const [start, end] = [windowStart(window), windowStart(window) + window.size]
        expect(window.size).toBeLessThanOrEqual(100)
        expect(start).toBeLessThanOrEqual(from)
        expect(end).toBeGreaterThan(from)
        const holds = (size: number): boolean => (Math.floor(from / size) + 1) * size >= from + length
        const sizes = Array.from({ length: 100 }, (_, index) => index + 1)
        expect(window.size).toBe(sizes.find(holds) ?? window.size)
      }
    }
  })

  it.each([
    [0, 101, { page: 1, size: 100 }],
    [99, 101, { page: 34, size: 3 }],
    [99, Number.POSITIVE_INFINITY, { page: 2, size: 99 }],
    [0, 1, { page: 1, size: 1 }],
  ])('from %i to %i is %j', (from, to, expected) => {
    expect(pageWindow(from, to)).toEqual(expected)
  })
})
