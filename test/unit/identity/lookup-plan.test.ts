import { describe, expect, it } from 'vitest'
import type { CarriedField, Identity } from '../../../src/identity/identity.ts'
import { ListKnowledge } from '../../../src/identity/list-knowledge.ts'
import {
  isWorthAnotherPage,
  planCursorLookup,
  planOffsetLookup,
  type WantedAccount,
} from '../../../src/identity/lookup-plan.ts'

const row = (sourceId: string): Identity => ({ sourceId, email: null, role: undefined }) as Identity

const rows = (from: number, to: number): Identity[] =>
  Array.from({ length: to - from }, (_, index) => row(`u${from + index}`))
const want = (ids: readonly string[], ...needs: CarriedField[]): WantedAccount[] =>
  ids.map((sourceId) => ({ sourceId, needs }))
const range = (from: number, count: number, step = 1): string[] =>
  Array.from({ length: count }, (_, index) => `u${from + index * step}`)

/** What a sweep of `total` rows by pages of 100 has taught. */
function sweptOffsetList(total: number): ListKnowledge {
  const known = new ListKnowledge()
  for (let page = 1; (page - 1) * 100 <= total; page++) {
    const start = (page - 1) * 100
    known.learnOffsetPage({ page, size: 100 }, { rows: rows(start, Math.min(start + 100, total)) })
  }
  return known
}

function sweptCursorList(total: number): ListKnowledge {
  const known = new ListKnowledge()
  for (let start = 0; start < total; start += 100) {
    const end = Math.min(start + 100, total)
    const after = start === 0 ? null : `u${start - 1}`
    known.learnCursorPage({ after, size: 100 }, { rows: rows(start, end), more: end < total })
  }
  return known
}

describe('the plan for an upstream that gives single accounts', () => {
  it('fetches few one by one while nothing is known', () => {
    for (const count of [1, 2, 10]) {
      expect(planOffsetLookup(want(range(0, count)), new ListKnowledge())).toEqual({
        singles: range(0, count),
        pages: [],
        sweepPages: 0,
      })
    }
  })

  it('goes through half as many pages as keys while the size is not known', () => {
    expect(planOffsetLookup(want(range(0, 20)), new ListKnowledge()).sweepPages).toBe(10)
    // No more than can be read within one request.
    expect(planOffsetLookup(want(range(0, 1_000)), new ListKnowledge()).sweepPages).toBe(40)
  })

  it('does not when so many pages are known not to be the end', () => {
    const known = new ListKnowledge()
    known.learnOffsetPage({ page: 10, size: 100 }, { rows: rows(900, 1_000) })
    expect(planOffsetLookup(want(range(5_000, 20)), known)).toMatchObject({ sweepPages: 0, singles: { length: 20 } })
    expect(planOffsetLookup(want(range(5_000, 200)), known).sweepPages).toBe(40)
  })

  it('goes through a list that is shorter than the keys are many', () => {
    const known = new ListKnowledge()
    known.learnOffsetPage({ page: 10, size: 100 }, { rows: rows(900, 950) })
    expect(planOffsetLookup(want(range(5_000, 11)), known)).toEqual({ singles: [], pages: [], sweepPages: 10 })
    expect(planOffsetLookup(want(range(5_000, 10)), known)).toMatchObject({ sweepPages: 0, singles: { length: 10 } })
  })

  it('reads the pages on which several should be, and fetches the others alone', () => {
    const ids = ['u5', 'u17', 'u250', 'u999', 'u930', 'nobody']
    expect(planOffsetLookup(want(ids), sweptOffsetList(1_000))).toEqual({
      singles: ['u250', 'nobody'],
      pages: [
        { page: 1, size: 100 },
        { page: 10, size: 100 },
      ],
      sweepPages: 0,
    })
  })

  it('never counts on rows that lack what is asked for', () => {
    const known = sweptOffsetList(300)
    const wanted = [...want(range(0, 20), 'role'), ...want(range(100, 2), 'email')]
    expect(planOffsetLookup(wanted, known)).toEqual({
      singles: range(0, 20),
      pages: [{ page: 2, size: 100 }],
      sweepPages: 0,
    })
  })

  it.each([
    { missing: 0, read: 0, exact: false, expected: false },
    { missing: 20, read: 0, exact: false, expected: true },
    { missing: 2, read: 9, exact: false, expected: true },
    { missing: 1, read: 3, exact: false, expected: false },
    { missing: 20, read: 10, exact: false, expected: false },
    { missing: 3, read: 8, exact: true, expected: true },
    { missing: 2, read: 8, exact: true, expected: false },
    { missing: 5, read: 10, exact: true, expected: false },
  ])('another page is worth it ($expected): $missing missing, $read read, size exact: $exact', (given) => {
    const size = { rows: given.exact ? 1_000 : 0, exact: given.exact }
    expect(isWorthAnotherPage(given.missing, given.read, 10, size)).toBe(given.expected)
  })
})

describe('the plan for an upstream that gives pages only', () => {
  it('goes through the list for whom it does not know', () => {
    expect(planCursorLookup(['a', 'b'], new ListKnowledge())).toEqual({
      tail: undefined,
      windows: [],
      sweep: ['a', 'b'],
    })
  })

  it('looks first behind the end that it knows, where somebody new would be', () => {
    const tail = { token: { after: 'u499', size: 100 }, ids: [] }
    const windows = [{ token: { after: 'u4', size: 1 }, ids: ['u5'] }]
    expect(planCursorLookup(['u5', 'b'], sweptCursorList(500))).toEqual({ tail, windows, sweep: ['b'] })
    expect(planCursorLookup(['u5'], sweptCursorList(500)).tail).toBeUndefined()
  })

  it('reads behind the known predecessor', () => {
    const known = sweptCursorList(500)
    expect(planCursorLookup(['u0'], known).windows).toEqual([{ token: { after: null, size: 1 }, ids: ['u0'] }])
    expect(planCursorLookup(['u321'], known).windows).toEqual([{ token: { after: 'u320', size: 1 }, ids: ['u321'] }])
  })

  it('covers neighbours with one window, of 100 rows at most', () => {
    const known = sweptCursorList(1_000)
    expect(planCursorLookup(['u180', 'u101', 'u150'], known).windows).toEqual([
      { token: { after: 'u100', size: 80 }, ids: ['u101', 'u150', 'u180'] },
    ])
    expect(planCursorLookup(['u10', 'u109', 'u110', 'u500'], known).windows).toEqual([
      { token: { after: 'u9', size: 100 }, ids: ['u10', 'u109'] },
      { token: { after: 'u109', size: 1 }, ids: ['u110'] },
      { token: { after: 'u499', size: 1 }, ids: ['u500'] },
    ])
  })

  it('goes through the list when that takes fewer calls', () => {
    expect(planCursorLookup(range(0, 20, 150), sweptCursorList(3_000)).windows).toHaveLength(20)
    const short = sweptCursorList(450)
    expect(planCursorLookup(['u0', 'u101', 'u202', 'u303', 'u404'], short)).toMatchObject({
      sweep: [],
      windows: { length: 5 },
    })
    expect(planCursorLookup(range(0, 4, 101), sweptCursorList(304)).windows).toHaveLength(4)
  })

  it('goes through a list that has fewer pages than there are windows', () => {
    const known = sweptCursorList(150)
    known.learnCursorPage({ after: 'x', size: 100 }, { rows: [row('y')], more: true })
    known.learnCursorPage({ after: 'v', size: 100 }, { rows: [row('w')], more: true })
    expect(planCursorLookup(['y', 'w', 'u3'], known)).toEqual({ tail: undefined, windows: [], sweep: ['y', 'w', 'u3'] })
  })

  it('knows the neighbours of rows behind an unknown cursor, though not their place', () => {
    const known = new ListKnowledge()
    known.learnCursorPage({ after: 'x', size: 100 }, { rows: [row('y'), row('z')], more: true })
    expect(planCursorLookup(['z', 'y'], known).windows).toEqual([
      { token: { after: 'y', size: 1 }, ids: ['z'] },
      { token: { after: 'x', size: 1 }, ids: ['y'] },
    ])
    expect(known.size).toEqual({ rows: 0, exact: false })
  })
})

describe('what pages teach', () => {
  it('corrects itself: the list grew, and shrank', () => {
    const known = sweptOffsetList(250)
    expect(known.size).toEqual({ rows: 250, exact: true })
    known.learnOffsetPage({ page: 3, size: 100 }, { rows: rows(200, 300) })
    expect(known.size).toEqual({ rows: 300, exact: false })
    known.learnOffsetPage({ page: 2, size: 100 }, { rows: rows(100, 120) })
    expect(known.size).toEqual({ rows: 120, exact: true })
    // Far behind the end there is nothing to see, and nothing to learn of where it is.
    known.learnOffsetPage({ page: 9, size: 100 }, { rows: [] })
    expect(known.size).toEqual({ rows: 120, exact: true })
  })

  it('knows the last row also when its end was an empty page', () => {
    const known = sweptCursorList(200)
    known.learnCursorPage({ after: 'u199', size: 100 }, { rows: rows(200, 205), more: true })
    known.learnCursorPage({ after: 'u204', size: 100 }, { rows: [], more: false })
    expect([known.tail, known.size]).toEqual(['u204', { rows: 205, exact: true }])
  })

  it('stays within bounds', () => {
    const known = new ListKnowledge()
    for (let page = 1; page <= 600; page++) {
      known.learnOffsetPage({ page, size: 100 }, { rows: rows((page - 1) * 100, page * 100) })
    }
    expect(known.row('u0')).toBeUndefined()
    expect(known.row('u59999')).toMatchObject({ offset: 59_999 })
  })
})

test('somebody whom no page has shown of late is looked for behind whom they are remembered to stand', () => {
  const known = new ListKnowledge((sourceId) => (sourceId === 'b' ? 'a' : undefined))
  expect(planCursorLookup(['b'], known)).toEqual({
    tail: undefined,
    windows: [{ token: { after: 'a', size: 1 }, ids: ['b'] }],
    sweep: [],
  })
  expect(planCursorLookup(['c'], known).sweep).toEqual(['c'])
})
