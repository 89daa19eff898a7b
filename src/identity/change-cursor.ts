import { LRUCache } from 'lru-cache'
import { badInput } from '../errors.ts'
import { isSignedText, signText } from './cursor-signature.ts'
import type { CursorKeys } from './cursor.ts'
import type { ChangePlace } from './identity-change.ts'

const VERSION = 1
/** Cursors of walks are signed with the same keys, and have another word here. */
const MODE = 'changes'
/** Two numbers, never more than 100 characters with the signature. */
const MAX_LENGTH = 128

/** Who polls gives the same cursor over and over: it is proven once. While keys are not rotated they stay the same array. */
const MAX_PROVEN = 1_000
const provenBy = new WeakMap<readonly string[], LRUCache<string, ChangePlace>>()

const DEFAULT_FIRST = 25
const MAX_FIRST = 500

/** The arguments of `Query.identityChanges`, as GraphQL gives them. */
export interface ChangesArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

export interface ChangesQuestion {
  readonly first: number
  /** Null: from the oldest change that is kept. */
  readonly after: ChangePlace | null
}

/** @throws PublicError BAD_USER_INPUT for what makes no sense, before anybody is asked anything. */
export function toChangesQuestion({ first, after }: ChangesArguments, keys: CursorKeys): ChangesQuestion {
  const count = first ?? DEFAULT_FIRST
  if (count < 0 || count > MAX_FIRST) throw badInput(`"first" is 0 to ${MAX_FIRST}.`)
  return { first: count, after: typeof after === 'string' ? decodeChangeCursor(after, keys) : null }
}

/** A place in the log as signed text: `<payload>.<signature>`, both base64url. Equal places make equal cursors. */
export function encodeChangeCursor({ seq, run }: ChangePlace, keys: CursorKeys): string {
  const payload = Buffer.from(JSON.stringify([VERSION, MODE, seq, run])).toString('base64url')
  return `${payload}.${signText(payload, keys())}`
}

/** @throws PublicError BAD_USER_INPUT unless we made this cursor, for a log of changes. */
export function decodeChangeCursor(text: string, keys: CursorKeys): ChangePlace {
  const current = keys()
  const proven = provenBy.get(current) ?? new LRUCache<string, ChangePlace>({ max: MAX_PROVEN })
  provenBy.set(current, proven)
  const known = proven.get(text)
  if (known) return known
  const place = openCursor(text, current)
  proven.set(text, place)
  return place
}

function openCursor(text: string, keys: readonly string[]): ChangePlace {
  const [payload, signature, ...rest] = text.length <= MAX_LENGTH ? text.split('.') : []
  if (!payload || !signature || rest.length > 0 || !isSignedText(payload, signature, keys)) throw malformed()
  const [version, mode, seq, run] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[]
  if (version !== VERSION || mode !== MODE) throw malformed()
  return { seq: seq as number, run: run as number }
}

function malformed(): Error {
  return badInput('This is not a cursor of "identityChanges". Give one as it was received, or none to begin anew.')
}
