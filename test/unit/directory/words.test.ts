import { describe, expect, it } from 'vitest'
import { nameKey, nameWords, searchWords } from '../../../src/directory/store/words.ts'

describe('the words of names', () => {
  it.each([
    ['Ann', ['ann']],
    ["O'Brien-Smith", ['o', 'brien', 'smith']],
    ['José  Müller', ['jose', 'muller']],
    ['ＡＮＮ ℡', ['ann', 'tel']],
    ['İnci', ['inci']],
    ['李小龙 3', ['李小龙', '3']],
    ['-- !', []],
    ['', []],
  ])('of %j are %j', (name, words) => {
    expect(nameWords(name)).toEqual(words)
  })

  it('are those of all names', () => {
    expect(nameWords('Mary Ann', null, undefined, 'Li')).toEqual(['mary', 'ann', 'li'])
  })
})

describe('the words of a search', () => {
  it('count once, in whatever letter case', () => {
    expect(searchWords('ann Ann ANN')).toEqual([{ text: 'ann', parts: ['ann'] }])
  })

  it('stand between white space, and are compared with names by their letters, with addresses as they are', () => {
    expect(searchWords(" José\tO'B ann@A.com ")).toEqual([
      { text: 'josé', parts: ['jose'] },
      { text: "o'b", parts: ['o', 'b'] },
      { text: 'ann@a.com', parts: ['ann', 'a', 'com'] },
    ])
  })

  it('of special characters are in no name', () => {
    expect(searchWords('"*" --')).toEqual([
      { text: '"*"', parts: [] },
      { text: '--', parts: [] },
    ])
  })
})

describe('what names are ordered by', () => {
  it('knows neither case nor accents, and ends after 64 characters', () => {
    expect(nameKey('Éva Ann')).toBe('eva ann')
    expect(nameKey('x'.repeat(100))).toBe('x'.repeat(64))
    expect(nameKey(`${'x'.repeat(63)}𐐀`)?.isWellFormed()).toBe(true)
    expect(nameKey(null)).toBeNull()
  })
})
