import { spellingsOf } from './spellings.ts'

/** Shorter ones are words that a log must be able to say. */
const MIN_SECRET_LENGTH = 6
/** A rotation or two; what was a secret an hour ago may still be one elsewhere. */
const MAX_REMEMBERED = 100

const HIDDEN = '[hidden]'
const EMAIL = /[\p{L}\p{M}\p{N}_.+'-]+(?:@|%40)[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+/giu
const BEARER = /\b(?:Bearer|Basic)[\s+:]+[\w.~+/=-]{8,}/gi
const JWT = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g

/**
 * The second net under the log. The first is that callers log fields of their own choosing; should one of them ever hold
 * a secret that we know, in any spelling, a token or an e-mail address, it is hidden in the line.
 *
 * @param secrets the values that are good now; those that were good before are remembered.
 */
export function createScrubber(secrets: () => readonly string[]): (line: string) => string {
  const remembered = new Set<string>()
  let known: RegExp | undefined
  const learn = (): void => {
    const fresh = secrets().filter((secret) => secret.length >= MIN_SECRET_LENGTH && !remembered.has(secret))
    if (fresh.length === 0) return
    for (const secret of fresh) remembered.add(secret)
    for (const oldest of remembered) if (remembered.size > MAX_REMEMBERED) remembered.delete(oldest)
    const spellings = [...remembered].flatMap(spellingsOf).toSorted((a, b) => b.length - a.length)
    known = new RegExp(spellings.map(escapePattern).join('|'), 'gi')
  }
  const scrub = (text: string): string => {
    const withoutSecrets = known ? text.replace(known, HIDDEN) : text
    return withoutSecrets.replace(BEARER, HIDDEN).replace(JWT, HIDDEN).replace(EMAIL, HIDDEN)
  }
  return (line) => {
    learn()
    // Most lines have nothing to hide. Others are taken apart, so that they stay JSON whatever is hidden in them.
    return scrub(line) === line
      ? line
      : `${JSON.stringify(JSON.parse(line, (_key, value) => scrubValue(value, scrub)))}\n`
  }
}

function scrubValue(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return scrub(value)
  if (typeof value === 'number') return scrub(String(value)) === String(value) ? value : HIDDEN
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [scrub(key), inner]))
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
