import { usualText } from './usual-instant.ts'

/** `new Date` makes a date of almost any text; an instant that can be shown begins like this and says its zone. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i
/** What `usualText` makes, in years that `Date.UTC` takes for what they are, and on days that every month has. */
const USUAL =
  /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(?!000)\d{3})?Z$/

/** The instant, and the text if it cannot be told from the instant. */
export function instantColumns(text: string | null | undefined): [number | null, string | null] {
  if (typeof text !== 'string') return [null, null]
  if (USUAL.test(text)) return [usualInstant(text), null]
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instant)) return [null, text]
  return [instant, text === usualText(instant) ? null : text]
}

export function instantText(instant: number | null, text: string | null): string | null {
  return text ?? (instant === null ? null : usualText(instant))
}

/** A third of what `Date.parse` takes, twice for each row of each sweep. */
function usualInstant(text: string): number {
  return Date.UTC(
    digits(text, 0, 4),
    digits(text, 5, 7) - 1,
    digits(text, 8, 10),
    digits(text, 11, 13),
    digits(text, 14, 16),
    digits(text, 17, 19),
    text.length > 20 ? digits(text, 20, 23) : 0,
  )
}

const ZERO = 48

function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index++) number = number * 10 + text.charCodeAt(index) - ZERO
  return number
}
