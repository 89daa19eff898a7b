import { pino, type DestinationStream, type Logger } from 'pino'
import { createScrubber } from './scrubber.ts'

export type { Logger }

/**
 * Lines of JSON on standard output, unless another place is given. Callers log fields of their own choosing, never whole
 * requests, answers or errors; each line is scrubbed all the same.
 *
 * @param secrets those that are in use.
 */
export function createLogger(secrets: readonly (() => string)[] = [], destination?: DestinationStream): Logger {
  const scrub = createScrubber(() => secrets.flatMap((secret) => [secret(), ...secret().split(',')]))
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: scrub } },
    destination ?? pino.destination({ sync: true }),
  )
}

/** Causes can go round in a circle. */
const MAX_CAUSES = 5

/**
 * What a log may say of an error: types, codes and where it came from, over all its causes. Messages are left out, for
 * they quote what somebody sent: parsers, drivers and GraphQL itself do.
 */
export function describeError(error: unknown, depth = MAX_CAUSES): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  // The stack begins with the message, which may have lines that look like frames.
  const frames = error.stack
    ?.replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
  const cause = error.cause === undefined || depth === 0 ? undefined : describeError(error.cause, depth - 1)
  return { type: error.name, code, frames, cause }
}
