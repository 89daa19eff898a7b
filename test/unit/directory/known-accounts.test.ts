import { describe, expect, it } from 'vitest'
import { createKnownAccounts, knowsAddresses } from '../../../src/directory/known-accounts.ts'
import type { DirectoryReader, SourceKnowledge } from '../../../src/directory/store/store.ts'
import type { KnownEnds } from '../../../src/identity/newest-rows.ts'

const MINUTE = 60_000
const NOW = Date.parse('2026-01-02T00:00:00Z')

/** Of a sweep that ended so long ago and took so long. */
function knowledge(agoMs: number, tookMs = 0): SourceKnowledge {
  const closedAt = NOW - agoMs
  return { ready: true, known: 5, whole: { startedAt: new Date(closedAt - tookMs), closedAt: new Date(closedAt) } }
}

describe('a directory knows who has an address', () => {
  it.each([
    ['when a sweep was whole lately', knowledge(MINUTE), 0, true],
    ['not before a sweep was whole', { ready: false, known: 5, whole: null }, 0, false],
    ['not while addresses are lacking', knowledge(MINUTE), 1, false],
    ['until two sweeps should have come since', knowledge(2 * MINUTE), 0, true],
    ['and not after that', knowledge(2 * MINUTE + 1), 0, false],
    ['for longer where a sweep takes long', knowledge(32 * MINUTE, 15 * MINUTE), 0, true],
    ['but not for ever', knowledge(32 * MINUTE + 1, 15 * MINUTE), 0, false],
    ['not when the clock was set back', knowledge(-1), 0, false],
  ])('%s', (_name, each, lacking, expected) => {
    expect(knowsAddresses(each, lacking, NOW, MINUTE)).toBe(expected)
  })
})

it('a fault of the store is told, and nothing counts as known then', async () => {
  const told: unknown[] = []
  const broken = new Error('broken')
  const fail = (): never => {
    throw broken
  }
  const reader = { knowledge: fail, byKeys: fail } as unknown as DirectoryReader
  const ends: KnownEnds = { length: 0, head: undefined, tail: [], newcomers: 'end' }
  const known = createKnownAccounts('LEGACY', {
    reader,
    sync: { ends: () => ends },
    whenKept: () => undefined,
    syncIntervalMs: MINUTE,
    now: () => new Date(NOW),
    onUnexpected: (error) => void told.push(error),
  })
  expect(await known.holders('jane@example.com')).toBeUndefined()
  expect(known.has('1')).toBe(false)
  expect(told).toEqual([broken, broken])
})
