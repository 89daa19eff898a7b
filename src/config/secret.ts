import { readFileSync } from 'node:fs'

/** Read anew for each use, because secrets rotate. With `now`, its file is looked at even if it just was. */
export type Secret = (look?: 'now') => string

/** How often a secret's file is looked at, at most. */
const RECHECK_MS = 1_000

/**
 * A secret in a file, as orchestrators mount them. While it cannot be read, or is empty because it is just being written, the
 * last value stays good.
 *
 * @throws Error when it cannot be read at first, or is empty.
 */
export function fileSecret(path: string, monotonicNow: () => number): Secret {
  let value = readSecret(path)
  let checkedAt = monotonicNow()
  return (look) => {
    if (look !== 'now' && monotonicNow() - checkedAt < RECHECK_MS) return value
    checkedAt = monotonicNow()
    try {
      // The file itself and not its date, which tools that copy secrets may keep, as they keep its length.
      value = readSecret(path)
    } catch {
      // The next use looks again.
    }
    return value
  }
}

function readSecret(path: string): string {
  const value = readFileSync(path, 'utf8').trim()
  if (value === '') throw new Error('the file is empty')
  return value
}
