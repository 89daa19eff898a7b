import type { FormattedExecutionResult } from 'graphql'

/** An answer's data as JSON text: written once, from the values themselves, and not made of objects first. */
export class AnswerText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** An answer as it is sent. Errors are few and go the usual way. */
export function stringifyAnswer(answer: FormattedExecutionResult): string {
  const { data, errors } = answer
  if (!(data instanceof AnswerText)) return `${JSON.stringify(answer)}\n`
  const told = errors === undefined ? '' : `"errors":${JSON.stringify(errors)},`
  return `{${told}"data":${data.text}}\n`
}

/** Text that stands in JSON as it is: no quotes, backslashes, control characters, or halves of characters. */
const PLAIN = /^[ !#-[\]-\uD7FF\uE000-\uFFFF]*$/

/** From here on `JSON.stringify` is faster than to look whether it is needed. */
const LONG = 80

/** What a scalar or an enum serialized a value to, as JSON text. */
export function toJsonText(value: unknown): string {
  return typeof value === 'string' && value.length <= LONG && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)
}
