import { hash } from 'node:crypto'
import { badInput } from '../errors.ts'
import { readSigned, signerOf } from './cursor-signature.ts'
import { BETWEEN, fromWord, toWord } from './cursor-words.ts'
import type { IdentitySource } from './identity.ts'
import type { Position } from './place.ts'

const VERSION = '3'
/** Room for six ids of any length that an upstream could think of; with those of the simulator a cursor has 57 to 220. */
const MAX_LENGTH = 16_384

/** A walk ends in the mode in which it began. */
export type WalkMode = 'live'

export interface Cursor {
  readonly mode: WalkMode
  /** Fingerprint of the filter and order that the walk began with. */
  readonly query: string
  readonly positions: Readonly<Record<IdentitySource, Position>>
}

/** Keys to sign and check cursors with: the first signs, all of them are good. Asked anew each time, for they rotate. */
export type CursorKeys = () => readonly [string, ...string[]]

/** Parts a cursor into what it was made for, the position in each source, and the signature. */
const MARK = '.'
const END = 'end'

/**
 * Signed text, `<version>~<mode>~<query>.<position>.<position>.<signature>`, which callers must not read. It holds source
 * ids, nothing personal.
 */
export function encodeCursor({ mode, query, positions }: Cursor, keys: CursorKeys): string {
  const head = VERSION + BETWEEN + mode + BETWEEN + query
  const signed = `${head}${MARK}${pack(positions.LEGACY)}${MARK}${pack(positions.SITE_PARTNER)}`
  return signed + MARK + signerOf(keys())(signed)
}

/** @throws PublicError BAD_USER_INPUT unless we made this cursor, for this filter and order. */
export function decodeCursor(text: string, query: string, keys: CursorKeys): Cursor {
  const signed = text.length <= MAX_LENGTH ? readSigned(text, MARK, keys()) : undefined
  if (signed === undefined) throw malformedCursor()
  const [head = '', legacy = '', sitePartner = ''] = signed.split(MARK)
  const [version, mode, madeFor] = head.split(BETWEEN)
  if (version !== VERSION || mode !== 'live') throw malformedCursor()
  if (madeFor !== query) throw foreignCursor()
  return { mode, query, positions: { LEGACY: unpack(legacy), SITE_PARTNER: unpack(sitePartner) } }
}

/** Fingerprint of what a walk was asked for; equal questions give equal ones, however their fields are ordered. */
export function fingerprint(question: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(question).filter(([, value]) => value !== undefined && value !== null)
  const canonical = JSON.stringify(given.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return hash('sha256', canonical, 'base64url').slice(0, 8)
}

export function malformedCursor(): Error {
  return badInput('This is not a cursor of this connection. Give one as it was received, or none to begin anew.')
}

export function foreignCursor(): Error {
  return badInput('This cursor belongs to a walk with another filter or order.')
}

function pack(position: Position): string {
  if (position === 'end') return END
  const { offset, seenAll, next, head, seen } = position
  let packed = offset + BETWEEN + (seenAll ? 1 : 0) + BETWEEN + toWord(next) + BETWEEN + toWord(head)
  for (const id of seen) packed += BETWEEN + toWord(id)
  return packed
}

function unpack(packed: string): Position {
  if (packed === END) return 'end'
  const [offset, seenAll, next = '', head = '', ...seen] = packed.split(BETWEEN)
  return {
    offset: Number(offset),
    seen: seen.map((word) => fromWord(word) as string),
    seenAll: seenAll === '1',
    next: fromWord(next),
    head: fromWord(head),
  }
}
