const DAY_MS = 86_400_000
/** Nobody's accounts were made on more days. */
const MAX_DAYS = 20_000

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))

/** `2026-11-22T` by days since 1970: a list of accounts has few days, and to write one with `Date` takes half a microsecond. */
const days = new Map<number, string>()

/**
 * An instant as both upstreams write theirs: in UTC, without a fraction if that would be zeros.
 *
 * @param instant in milliseconds since 1970, one that `Date` can hold.
 */
export function usualText(instant: number): string {
  const day = Math.floor(instant / DAY_MS)
  const ofDay = instant - day * DAY_MS
  const seconds = Math.floor(ofDay / 1000)
  const clock = `${twoDigits(seconds / 3600)}:${twoDigits((seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
  const milliseconds = ofDay % 1000
  return `${textOf(day)}${clock}${milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0')}`}Z`
}

function twoDigits(value: number): string {
  return TWO_DIGITS[Math.floor(value)] as string
}

function textOf(day: number): string {
  const known = days.get(day)
  if (known !== undefined) return known
  if (days.size >= MAX_DAYS) days.clear()
  const text = new Date(day * DAY_MS).toISOString().split('T', 1)[0] + 'T'
  days.set(day, text)
  return text
}
