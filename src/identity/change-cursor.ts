import { LRUCache } from 'lru-cache'
import { badInput } from '../errors.ts'
import { readSigned, signerOf } from './cursor-signature.ts'
import { BETWEEN } from './cursor-words.ts'
import type { CursorKeys } from './cursor.ts'
import type { ChangePlace } from './identity-change.ts'

const VERSION = '2'
/** Cursors of walks are signed with the same keys, and have another word here. */
const MODE = 'changes'
const MARK = '.'
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

/** A place in the log as signed text, `<version>~<mode>~<seq>~<run>.<signature>`. Equal places make equal cursors. */
export function encodeChangeCursor({ seq, run }: ChangePlace, keys: CursorKeys): string {
  const signed = [VERSION, MODE, seq, run].join(BETWEEN)
  return signed + MARK + signerOf(keys())(signed)
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
  const signed = text.length <= MAX_LENGTH ? readSigned(text, MARK, keys) : undefined
  const [version, mode, seq, run] = signed?.split(BETWEEN) ?? []
  if (version !== VERSION || mode !== MODE) throw malformed()
  return { seq: Number(seq), run: Number(run) }
}

function malformed(): Error {
  return badInput('This is not a cursor of "identityChanges". Give one as it was received, or none to begin anew.')
}
