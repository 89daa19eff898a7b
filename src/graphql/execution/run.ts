import type { GraphQLError } from 'graphql'
import type { Context } from '../context.ts'
import { AnswerText } from './answer-text.ts'
import type { PreparedOperation, Run } from './prepared-field.ts'
import { writeFields } from './write.ts'

export interface Answer {
  /** Null where an error left nothing. */
  readonly data: AnswerText | null
  readonly errors: readonly GraphQLError[]
}

/**
 * Runs a prepared operation as graphql-js would, with the same data and errors, and writes the data as text. `execute` there
 * looks up types, selections and arguments for each row anew, and makes objects of which JSON is made afterwards.
 *
 * @param variables coerced.
 */
export async function run(
  prepared: PreparedOperation,
  context: Context,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const running: Run = { prepared, context, variables, errors: [], nulled: new Set() }
  try {
    const text = await writeFields(prepared.fields, undefined, running, undefined)
    return { data: new AnswerText(text), errors: running.errors }
  } catch (error) {
    // What fails after that, because it was not waited for, is not told of any more.
    return { data: null, errors: [...running.errors, error as GraphQLError] }
  }
}
