import { describe, expect, it } from 'vitest'
import { decodeChangeCursor, encodeChangeCursor, toChangesQuestion } from '../../../src/identity/change-cursor.ts'
import { encodeCursor, type CursorKeys } from '../../../src/identity/cursor.ts'
import { createDirectoryCursors } from '../../../src/identity/directory-cursor.ts'
import { signerOf } from '../../../src/identity/cursor-signature.ts'
import { WALK_START } from '../../../src/identity/walk.ts'

const keys: CursorKeys = () => ['new key', 'old key']
const place = { seq: 41, run: Number.MAX_SAFE_INTEGER }
const text = encodeChangeCursor(place, keys)
const bad = expect.objectContaining({ code: 'BAD_USER_INPUT' })
const toDirectoryCursor = (key: string | number): string =>
  createDirectoryCursors('x', keys)({ source: 'LEGACY', sourceId: 'a', key })
const signed = (text: string): string => `${text}.${signerOf(keys())(text)}`

describe('a cursor of changes', () => {
  it('is the place it was made of, and the same text each time', () => {
    expect(decodeChangeCursor(text, keys)).toEqual(place)
    expect(encodeChangeCursor(place, keys)).toBe(text)
    expect(text.length).toBeLessThan(128)
  })

  it('is good as long as its key is one of them', () => {
    const old = encodeChangeCursor(place, () => ['old key'])
    expect(decodeChangeCursor(old, keys)).toEqual(place)
    expect(() => decodeChangeCursor(old, () => ['new key'])).toThrow(bad)
  })

  it.each([
    ['empty', ''],
    ['nonsense', 'nonsense'],
    ['without a signature', `${text.split('.')[0]}.`],
    ['without a payload', `.${text.split('.')[1]}`],
    ['of three parts', `${text}.x`],
    [
      'with something else signed',
      `${encodeChangeCursor({ ...place, seq: 42 }, keys).split('.')[0]}.${text.split('.')[1]}`,
    ],
    ['with a letter changed', `${text.slice(0, 5)}${text[5] === 'A' ? 'B' : 'A'}${text.slice(6)}`],
    ['of another version', signed('1~changes~1~1')],
    ['of another kind', signed('2~live~1~1')],
    ['of a live walk', encodeCursor({ mode: 'live', query: 'x', positions: WALK_START }, keys)],
    ['of a walk in the directory', toDirectoryCursor('a')],
    ['of a walk in the directory, only signed', toDirectoryCursor(5)],
    ['endless', 'a'.repeat(1_000_000)],
  ])('that is %s is refused', (_name, cursor) => {
    expect(() => decodeChangeCursor(cursor, keys)).toThrow(bad)
  })
})

describe('the arguments', () => {
  it('are 25 changes from the oldest one, unless they say otherwise', () => {
    expect(toChangesQuestion({}, keys)).toEqual({ first: 25, after: null })
    expect(toChangesQuestion({ first: null, after: null }, keys)).toEqual({ first: 25, after: null })
    expect(toChangesQuestion({ first: 0, after: text }, keys)).toEqual({ first: 0, after: place })
    expect(toChangesQuestion({ first: 500 }, keys).first).toBe(500)
  })

  it.each([{ first: -1 }, { first: 501 }, { after: '' }])('are refused where they make no sense: %j', (args) => {
    expect(() => toChangesQuestion(args, keys)).toThrow(bad)
  })
})
