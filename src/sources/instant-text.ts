/** `2011-08-20 17:56:23`, as the legacy vendor's oldest endpoints have it, and its like: a blank, no zone, `+0000`, `+00`. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})[ Tt](\d{2}:\d{2}:\d{2}(?:\.\d+)?) ?(?:([Zz])|([+-]\d{2})(?::?(\d{2}))?)?$/

/**
 * An upstream's timestamp as RFC 3339 has it. A missing zone is taken for UTC; zeros, which some databases write where
 * there is no date, for null. What is no timestamp stays as it is, and is refused when it is shown.
 */
export function toInstantText(text: string | null | undefined): string | null | undefined {
  if (typeof text !== 'string' || isLeftAlone(text)) return text
  if (text === '' || text.startsWith('0000-00-00')) return null
  const [, date, time, , hours, minutes = '00'] = INSTANT.exec(text) ?? []
  if (date === undefined) return text
  return `${date}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`
}

/**
 * Whether it has the marks of RFC 3339 in their places, as nearly all have: then it is that already, or no timestamp at all. Every
 * row has two of them, so this looks at four characters and no more.
 */
function isLeftAlone(text: string): boolean {
  return text[10] === 'T' && text.endsWith('Z') && text.at(-2) !== ' ' && text[0] !== '0'
}
