import { DEFAULT_RETENTION, type ChangeRetention } from '../directory/store/change-retention.ts'
import type { Environment } from './environment.ts'

/** `temporary`: a private file, gone at exit. `off`: everything is read live, and nothing is called unasked. */
export type DirectoryConfig =
  | { readonly kind: 'off' }
  | ({ readonly kind: 'temporary' } & Upkeep)
  | ({ readonly kind: 'file'; readonly path: string } & Upkeep)

interface Upkeep {
  /** From the end of a sweep to the next. */
  readonly syncIntervalMs: number
  /** Between looks for new accounts. */
  readonly pollIntervalMs: number
  /** Of the log of changes. */
  readonly retention: ChangeRetention
}

/** Timers hold no more than 2^31 milliseconds. */
const MAX_SECONDS = 2_000_000
const MAX_DAYS = 3_650
/** About 6 GB. */
const MAX_CHANGES = 100_000_000
const DAY_MS = 24 * 60 * 60 * 1000

export function readDirectory(environment: Environment): DirectoryConfig {
  const place = environment.text('DIRECTORY') ?? 'temporary'
  const { maxAgeMs, maxCount } = DEFAULT_RETENTION
  const maxDays = readNumber(environment, 'CHANGES_MAX_AGE_DAYS', maxAgeMs / DAY_MS, MAX_DAYS, 'days')
  const upkeep = {
    syncIntervalMs: readSeconds(environment, 'SYNC_INTERVAL_SECONDS', 60) * 1000,
    pollIntervalMs: readSeconds(environment, 'POLL_INTERVAL_SECONDS', 5) * 1000,
    retention: {
      maxAgeMs: maxDays * DAY_MS,
      maxCount: readNumber(environment, 'CHANGES_MAX_COUNT', maxCount, MAX_CHANGES, 'changes'),
    },
  }
  if (place === 'off') return { kind: 'off' }
  if (place === 'temporary') return { kind: 'temporary', ...upkeep }
  // A word alone is rather a slip (`on`, `temp`) than the name of a file in whatever folder this was started from.
  if (!/[/\\]/.test(place))
    environment.faults.push('DIRECTORY is temporary, off, or the path of a file (with a slash).')
  return { kind: 'file', path: place, ...upkeep }
}

function readSeconds(environment: Environment, name: string, fallback: number): number {
  return readNumber(environment, name, fallback, MAX_SECONDS, 'seconds')
}

function readNumber(environment: Environment, name: string, fallback: number, max: number, unit: string): number {
  const value = environment.text(name)
  if (value === undefined) return fallback
  const isPositive = /^[1-9]\d{0,8}$/.test(value) && Number(value) <= max
  if (!isPositive) environment.faults.push(`${name} is a number of ${unit}, from 1 to ${max}.`)
  return isPositive ? Number(value) : fallback
}
