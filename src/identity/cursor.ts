import { hash } from 'node:crypto'
import { badInput } from '../errors.ts'
import { isSignedText, signText } from './cursor-signature.ts'
import { SOURCES, type IdentitySource } from './identity.ts'
import type { Place, Position } from './place.ts'

const VERSION = 2
/** Room for six ids of any length that an upstream could think of; with those of the simulator a cursor has 117 to 306. */
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

type PackedPosition = 0 | [offset: number, seenAll: 0 | 1, seen: readonly string[], next: string | 0, head: string | 0]

/** Signed text: `<payload>.<signature>`, both base64url. Holds source ids, nothing personal; callers must not read it. */
export function encodeCursor(cursor: Cursor, keys: CursorKeys): string {
  const packed = [VERSION, cursor.mode, cursor.query, ...SOURCES.map((source) => pack(cursor.positions[source]))]
  const payload = Buffer.from(JSON.stringify(packed)).toString('base64url')
  return `${payload}.${signText(payload, keys())}`
}

/** @throws PublicError BAD_USER_INPUT unless we made this cursor, for this filter and order. */
export function decodeCursor(text: string, query: string, keys: CursorKeys): Cursor {
  const [payload, signature, ...rest] = text.length <= MAX_LENGTH ? text.split('.') : []
  if (!payload || !signature || rest.length > 0) throw malformedCursor()
  if (!isSignedText(payload, signature, keys())) throw malformedCursor()
  const [version, mode, madeFor, ...positions] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[]
  if (version !== VERSION || mode !== 'live') throw malformedCursor()
  if (madeFor !== query) throw foreignCursor()
  const [legacy, sitePartner] = (positions as PackedPosition[]).map(unpack)
  return { mode, query, positions: { LEGACY: legacy as Position, SITE_PARTNER: sitePartner as Position } }
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

function pack(position: Position): PackedPosition {
  if (position === 'end') return 0
  return [position.offset, position.seenAll ? 1 : 0, position.seen, position.next ?? 0, position.head ?? 0]
}

function unpack(packed: PackedPosition): Position {
  if (packed === 0) return 'end'
  const [offset, seenAll, seen, next, head] = packed
  const place: Place = { offset, seen, seenAll: seenAll === 1 }
  return { ...place, next: next === 0 ? undefined : next, head: head === 0 ? undefined : head }
}
