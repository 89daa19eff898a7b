import { describe, expect, it } from 'vitest'
import { decodeChangeCursor, encodeChangeCursor } from '../../../src/identity/change-cursor.ts'
import { signerOf } from '../../../src/identity/cursor-signature.ts'
import { decodeCursor, encodeCursor, fingerprint, type CursorKeys } from '../../../src/identity/cursor.ts'
import {
  createDirectoryCursors,
  decodeDirectoryCursor,
  isDirectoryCursor,
} from '../../../src/identity/directory-cursor.ts'
import { WALK_START } from '../../../src/identity/walk.ts'

const keys: CursorKeys = () => ['new key', 'old key']
const query = fingerprint({})
const toDirectoryCursor = createDirectoryCursors(query, keys)

const CURSORS = {
  live: encodeCursor({ mode: 'live', query, positions: WALK_START }, keys),
  directory: toDirectoryCursor({ source: 'LEGACY', sourceId: '1', key: 1 }),
  'sealed directory': toDirectoryCursor({ source: 'LEGACY', sourceId: '1', key: 'ann@example.com' }),
  changes: encodeChangeCursor({ seq: 1, run: 1 }, keys),
}
const DECODERS = {
  live: (text: string) => decodeCursor(text, query, keys),
  directory: (text: string) => decodeDirectoryCursor(text, query, keys),
  changes: (text: string) => decodeChangeCursor(text, keys),
}
const pairs = Object.entries(CURSORS).flatMap(([kind, cursor]) =>
  Object.entries(DECODERS).map(([reader, decode]) => ({ kind, reader, cursor, decode, fits: kind.endsWith(reader) })),
)

describe('cursors of several kinds, by one secret', () => {
  it.each(pairs.filter(({ fits }) => fits))(
    'one of kind $kind is good as one of kind $reader',
    ({ cursor, decode }) => {
      expect(decode(cursor)).toBeTypeOf('object')
    },
  )

  it.each(pairs.filter(({ fits }) => !fits))('one of kind $kind is none of kind $reader', ({ cursor, decode }) => {
    expect(() => decode(cursor)).toThrow('This is not a cursor')
  })

  it.each([
    ['a live walk', signed('3~changes~1~1.end.end'), DECODERS.live],
    ['changes', signed('2~live~1~1'), DECODERS.changes],
  ])('what is well signed and names another kind is no cursor of %s', (_kind, cursor, decode) => {
    expect(() => decode(cursor)).toThrow('This is not a cursor')
  })

  it('walks can be told apart before a key is looked at', () => {
    const kinds = Object.entries(CURSORS).map(([kind, cursor]) => [kind, isDirectoryCursor(cursor)])
    expect(kinds).toEqual([
      ['live', false],
      ['directory', true],
      ['sealed directory', true],
      ['changes', false],
    ])
  })
})

function signed(text: string): string {
  return `${text}.${signerOf(keys())(text)}`
}
