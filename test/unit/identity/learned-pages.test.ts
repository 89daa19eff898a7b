import { expect, it } from 'vitest'
import { LearnedPages } from '../../../src/identity/learned-pages.ts'
import { account } from '../../fixtures/accounts.ts'

const rows = (...ids: string[]) => ids.map((sourceId) => account({ source: 'LEGACY', sourceId }))

it('a page that shows again what it showed teaches nothing', () => {
  const pages = new LearnedPages(1_000)
  expect(pages.teaches('1', rows('a', 'b'), 0)).toBe(true)
  expect(pages.teaches('1', rows('a', 'b'), 0)).toBe(false)
})

it.each([
  ['others', rows('a', 'c'), 0],
  ['fewer', rows('a'), 0],
  ['more', rows('a', 'b', 'c'), 0],
  ['another order', rows('b', 'a'), 0],
  ['another place', rows('a', 'b'), 1],
  ['no place any more', rows('a', 'b'), undefined],
])('a page that shows %s teaches that', (_what, shown, start) => {
  const pages = new LearnedPages(1_000)
  pages.teaches('1', rows('a', 'b'), 0)
  expect(pages.teaches('1', shown, start)).toBe(true)
  expect(pages.teaches('1', shown, start)).toBe(false)
})

it('a page teaches again what another one may have said otherwise since', () => {
  const pages = new LearnedPages(1_000)
  pages.teaches('1', rows('a', 'b'), 0)
  pages.teaches('2', rows('b', 'c'), 2)
  expect(pages.teaches('1', rows('a', 'b'), 0)).toBe(true)
  expect([pages.teaches('1', rows('a', 'b'), 0), pages.teaches('2', rows('b', 'c'), 2)]).toEqual([false, false])
})

it('so many rows are remembered, and a page that was forgotten teaches anew', () => {
  const pages = new LearnedPages(200)
  for (const name of ['1', '2', '3']) pages.teaches(name, rows(name), 0)
  expect(pages.teaches('3', rows('3'), 0)).toBe(false)
  expect(pages.teaches('1', rows('1'), 0)).toBe(true)
})
