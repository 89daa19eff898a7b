import { GraphQLScalarType } from 'graphql'
import { DateTimeResolver } from 'graphql-scalars'
import { PublicError } from '../errors.ts'

/** Whatever an upstream holds as an e-mail address is shown: a caller who must clean it up has to see it. */
export const EmailAddress = new GraphQLScalarType<string, string>({
  name: 'EmailAddress',
  serialize: String,
})

/** RFC 3339 in and out. A source's text that is no date makes its field null, with an error that does not repeat it. */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...DateTimeResolver.toConfig(),
  serialize(value) {
    const written = typeof value === 'string' ? instantWritten(value) : undefined
    if (written !== undefined) return written
    try {
      // Strict, unlike `new Date`, which makes a date of almost any text.
      return DateTimeResolver.serialize(value).toISOString()
    } catch {
      throw new PublicError('UPSTREAM_INVALID_RESPONSE', 'The source has a text here that is no date.')
    }
  },
})

/** In UTC, with whole seconds or milliseconds, on a day that every month has: a date whatever it says. */
const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/

/**
 * A text in UTC with whole seconds or milliseconds, as nearly all are; undefined for any other. On the last days of a month,
 * if an instant is written as the text is, the text is a date: `Date` itself would take 30 February for the 1st of March.
 */
function instantWritten(text: string): string | undefined {
  if (text.length !== 20 && text.length !== 24) return undefined
  const right = text.length === 20 ? text.replace('Z', '.000Z') : text
  if (USUAL.test(text)) return right
  const instant = new Date(right)
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === right ? right : undefined
}
