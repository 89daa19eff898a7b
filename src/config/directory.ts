import type { Environment } from './environment.ts'

/** `temporary`: a private file, gone at exit. `off`: everything is read live, and nothing is called unasked. */
export type DirectoryConfig =
  | { readonly kind: 'off' }
  | ({ readonly kind: 'temporary' } & Pace)
  | ({ readonly kind: 'file'; readonly path: string } & Pace)

interface Pace {
  /** From the end of a sweep to the next. */
  readonly syncIntervalMs: number
  /** Between looks for new accounts. */
  readonly pollIntervalMs: number
}

/** Timers hold no more than 2^31 milliseconds. */
const MAX_SECONDS = 2_000_000

export function readDirectory(environment: Environment): DirectoryConfig {
  const place = environment.text('DIRECTORY') ?? 'temporary'
  const pace = {
    syncIntervalMs: readSeconds(environment, 'SYNC_INTERVAL_SECONDS', 60) * 1000,
    pollIntervalMs: readSeconds(environment, 'POLL_INTERVAL_SECONDS', 5) * 1000,
  }
  if (place === 'off') return { kind: 'off' }
  if (place === 'temporary') return { kind: 'temporary', ...pace }
  // A word alone is rather a slip (`on`, `temp`) than the name of a file in whatever folder this was started from.
  if (!/[/\\]/.test(place))
    environment.faults.push('DIRECTORY is temporary, off, or the path of a file (with a slash).')
  return { kind: 'file', path: place, ...pace }
}

function readSeconds(environment: Environment, name: string, fallback: number): number {
  const value = environment.text(name)
  if (value === undefined) return fallback
  const isPositive = /^[1-9]\d{0,6}$/.test(value) && Number(value) <= MAX_SECONDS
  if (!isPositive) environment.faults.push(`${name} is a number of seconds, from 1 to ${MAX_SECONDS}.`)
  return isPositive ? Number(value) : fallback
}
