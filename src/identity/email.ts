import { badInput } from '../errors.ts'

/** RFC 5321 allows 254; what a source has may be malformed, so this is only a bound. */
const MAX_LENGTH = 320
const EMAIL_RULE = `An e-mail address is a text of 1 to ${MAX_LENGTH} characters.`

/** ASCII that can be seen, without capitals: in that form already, as nearly all are that a list is gone through for. */
const NORMAL = /^[!-@[-~]+$/

/** The form in which addresses are compared: no outer white space, lower case, accents composed. Null when nothing is left. */
export function normalizeEmail(email: string): string | null {
  if (NORMAL.test(email)) return email
  return email.trim().toLowerCase().normalize('NFC') || null
}

/** Normalized; null when it is no text, or holds nothing that could be looked for. */
export function readEmail(email: unknown): string | null {
  return typeof email === 'string' && email.length <= MAX_LENGTH ? normalizeEmail(email) : null
}

/** Something on both sides of one `@`, and nothing that cannot be seen: what everybody takes for an address, and no more than that. */
const ADDRESS = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u
export const ADDRESS_RULE = `An e-mail address is a text of 1 to ${MAX_LENGTH} characters, with something on both sides of one "@" and no white space within.`

/** Normalized; null unless it is an address. What a source holds may be none: who looks for that uses `readEmail`. */
export function readAddress(email: unknown): string | null {
  const normalized = readEmail(email)
  return normalized !== null && ADDRESS.test(normalized) ? normalized : null
}

/** @throws PublicError BAD_USER_INPUT when it is no text, or holds nothing that could be looked for. */
export function requireEmail(email: unknown): string {
  const normalized = readEmail(email)
  if (normalized === null) throw badInput(EMAIL_RULE)
  return normalized
}
