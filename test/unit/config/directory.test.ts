import { describe, expect, it } from 'vitest'
import { readDirectory, type DirectoryConfig } from '../../../src/config/directory.ts'
import { Environment } from '../../../src/config/environment.ts'

const DAY_MS = 86_400_000
const retention = { maxAgeMs: 30 * DAY_MS, maxCount: 1_000_000 }

function read(variables: Record<string, string>): { config: DirectoryConfig; faults: readonly string[] } {
  const environment = new Environment(variables, () => 0)
  return { config: readDirectory(environment), faults: environment.faults }
}

describe('where the directory lies', () => {
  it('is a temporary file when nothing is said, read as often as the contract says', () => {
    const config = { kind: 'temporary', syncIntervalMs: 60_000, pollIntervalMs: 5_000, retention }
    expect(read({})).toEqual({ config, faults: [] })
    expect(read({ DIRECTORY: 'temporary' })).toEqual({ config, faults: [] })
  })

  it('is nowhere when it is off', () => {
    expect(read({ DIRECTORY: 'off' })).toEqual({ config: { kind: 'off' }, faults: [] })
  })

  it.each(['/var/lib/identity/directory.db', './directory.db', 'C:\\data\\directory.db'])('is the file %s', (path) => {
    const variables = { DIRECTORY: path, SYNC_INTERVAL_SECONDS: '1', POLL_INTERVAL_SECONDS: '86400' }
    const config = { kind: 'file', path, syncIntervalMs: 1000, pollIntervalMs: DAY_MS, retention }
    expect(read(variables)).toEqual({ config, faults: [] })
  })

  it.each(['on', 'none', 'OFF', 'Temporary', 'directory.db'])('is not guessed from %s', (word) => {
    expect(read({ DIRECTORY: word }).faults).toEqual([expect.stringContaining('DIRECTORY is temporary, off, or')])
  })
})

describe('how often the sources are read', () => {
  it.each(['0', '-1', '1.5', '1e3', 'soon', '2000001', '99999999'])('is not %s seconds', (seconds) => {
    const { faults } = read({ SYNC_INTERVAL_SECONDS: seconds, POLL_INTERVAL_SECONDS: seconds })
    expect(faults).toEqual([
      expect.stringMatching(/^SYNC_INTERVAL_SECONDS is a number of seconds/),
      expect.stringMatching(/^POLL_INTERVAL_SECONDS is a number of seconds/),
    ])
  })

  it('is checked even where it is of no use, as a slip that shows later is worse', () => {
    expect(read({ DIRECTORY: 'off', SYNC_INTERVAL_SECONDS: 'x' }).faults).toHaveLength(1)
  })
})

describe('how long changes are kept', () => {
  it('is said in days and in how many', () => {
    const { config, faults } = read({ CHANGES_MAX_AGE_DAYS: '7', CHANGES_MAX_COUNT: '100000000' })
    expect(faults).toEqual([])
    expect(config).toMatchObject({ retention: { maxAgeMs: 7 * DAY_MS, maxCount: 100_000_000 } })
  })

  it.each(['0', '-1', '1.5', '1e3', 'ever', '100000001', '9999999999'])('is not %s', (number) => {
    expect(read({ CHANGES_MAX_AGE_DAYS: number, CHANGES_MAX_COUNT: number }).faults).toEqual([
      'CHANGES_MAX_AGE_DAYS is a number of days, from 1 to 3650.',
      'CHANGES_MAX_COUNT is a number of changes, from 1 to 100000000.',
    ])
  })
})
