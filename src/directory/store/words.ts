// oxlint-disable-next-line eslint/no-control-regex -- all of ASCII is meant
const ASCII = /^[\0-\x7f]*$/

/**
 * Text as it is searched and ordered by name: letter case, width and diacritics do not matter, so that `jose` finds `José`.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  // Compatibility forms can decompose to capitals, and lower case can bring new marks: hence the order.
  return text.normalize('NFKD').toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '')
}

/** The words of folded names: runs of letters and digits, so `O'Brien-Smith` has three. */
export function nameWords(...names: readonly (string | null | undefined)[]): string[] {
  return names.flatMap((name) => fold(name ?? '').match(/[\p{L}\p{N}]+/gu) ?? [])
}

/** A word that is searched for. An account has it if all `parts` begin words of its names, or `text` begins its address. */
export interface SearchWord {
  /** Normalized like an e-mail address. */
  readonly text: string
  /** None, if the word has neither letters nor digits: then no name has it. */
  readonly parts: readonly string[]
}

/** The words of a search, by white space, each once. */
export function searchWords(search: string): SearchWord[] {
  const words = search.toWellFormed().toLowerCase().split(/\s+/u).filter(Boolean)
  return [...new Set(words)].map((text) => ({ text, parts: nameWords(text) }))
}

/** Longer names are in order up to here, and then by source id: it keeps cursors short. */
export const NAME_KEY_LENGTH = 64

/** What names are ordered by; null where there is none. */
export function nameKey(displayName: string | null): string | null {
  return displayName === null ? null : fold(displayName).slice(0, NAME_KEY_LENGTH).toWellFormed() || null
}
