/**
 * Looks for planted words in whatever leaves the process. Written apart from `src/observability`, which hides them: a scan
 * that shared its mistakes would find nothing.
 */
export interface Canary {
  readonly name: string
  readonly value: string
}

/** Every way of writing a word that somebody could read back. */
export const ENCODINGS: Readonly<Record<string, (value: string) => readonly string[]>> = {
  plain: (value) => [value],
  json: (value) => [JSON.stringify(value).slice(1, -1), JSON.stringify(JSON.stringify(value)).slice(3, -3)],
  url: (value) => [encodeURIComponent(value), encodeURIComponent(value).replaceAll('%20', '+'), percentAll(value)],
  html: (value) => [
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    Array.from(value)
      .map((letter) => `&#${letter.codePointAt(0)};`)
      .join(''),
  ],
  hex: (value) => [Buffer.from(value).toString('hex')],
  base64: (value) => ['', '_', '__'].map((before) => inner(before, value, 'base64')),
  base64url: (value) => ['', '_', '__'].map((before) => inner(before, value, 'base64url')),
  backwards: (value) => [Array.from(value).toReversed().join('')],
}

/** What of its base64 does not hang on what stands before and behind it. */
function inner(before: string, value: string, encoding: 'base64' | 'base64url'): string {
  const head = before.length
  const whole = Math.floor((head + Buffer.byteLength(value)) / 3) * 4
  return Buffer.from(`${before}${value}`)
    .toString(encoding)
    .slice(head === 0 ? 0 : head + 1, whole)
}

function percentAll(value: string): string {
  return [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** `<canary> in <encoding>` for each that the text holds, in any letter case. */
export function findCanaries(text: string, canaries: readonly Canary[]): string[] {
  const folded = text.toLowerCase()
  return canaries.flatMap(({ name, value }) =>
    Object.entries(ENCODINGS)
      .filter(([, encode]) => encode(value).some((spelled) => folded.includes(spelled.toLowerCase())))
      .map(([encoding]) => `${name} in ${encoding}`),
  )
}
