import { beforeEach, expect, it } from 'vitest'
import type { Identity } from '../../../src/identity/identity.ts'
import { UnfiledPages } from '../../../src/identity/unfiled-pages.ts'
import { account, listed } from '../../fixtures/accounts.ts'

/** What was filed: when it was asked for, and who. */
let filed: [askedAt: number, ids: string][]
let pages: UnfiledPages
beforeEach(() => {
  filed = []
  pages = new UnfiledPages(({ rows, askedAt }) => filed.push([askedAt, rows.map((row) => row.sourceId).join('')]), 100)
})

const people = (ids: string): Identity[] => ids.split('').map((sourceId) => account({ source: 'LEGACY', sourceId }))
const put = (name: string, rows: readonly Identity[], askedAt: number): void =>
  pages.put(name, 'LEGACY', { rows }, askedAt)

it('a page that is read again before anybody asks is filed once, as it was read last', () => {
  put('1', people('ab'), 1)
  put('1', people('ab'), 2)
  expect(filed).toEqual([])
  pages.fileAll()
  pages.fileAll()
  expect(filed).toEqual([[2, 'ab']])
})

it.each([
  ['shows others', people('ac'), 2],
  ['shows fewer', people('a'), 2],
  ['has less to say', people('ab').map(listed), 2],
  ['was asked for before', people('ab'), 0],
])('the older page is filed as well when the newer one %s', (_what, rows, askedAt) => {
  put('1', people('ab'), 1)
  put('1', rows, askedAt)
  expect(filed).toEqual([[1, 'ab']])
  pages.fileAll()
  expect(filed).toHaveLength(2)
})

it('of more rows than may lie unfiled those that were put first are filed', () => {
  const many = (from: number): Identity[] =>
    Array.from({ length: 40 }, (_, index) => account({ source: 'LEGACY', sourceId: `${from + index},` }))
  put('1', many(0), 1)
  put('2', many(40), 2)
  put('2', many(40), 3)
  expect(filed).toEqual([])
  put('3', many(80), 4)
  expect(filed.map(([askedAt]) => askedAt)).toEqual([1])
})

it('a page without rows takes room as well', () => {
  for (let index = 0; index < 101; index++) put(`behind ${index}`, [], index)
  expect(filed).toEqual([[0, '']])
})

it('pages that show an account are filed, and no others', () => {
  put('1', people('ab'), 1)
  put('2', people('c'), 2)
  put('3', people('db'), 3)
  pages.fileThoseWith({ source: 'SITE_PARTNER', sourceId: 'b' })
  expect(filed).toEqual([])
  pages.fileThoseWith({ source: 'LEGACY', sourceId: 'b' })
  expect(filed).toEqual([
    [1, 'ab'],
    [3, 'db'],
  ])
})
