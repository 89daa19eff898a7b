import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { KeptAccounts } from '../../../src/directory/kept-accounts.ts'
import { prepareFile } from '../../../src/directory/store/schema.ts'
import { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import { Standings, type StandingsOptions } from '../../../src/directory/standings.ts'
import type { DirectoryReader } from '../../../src/directory/store/store.ts'
import { NOTHING_KNOWN } from '../../../src/directory/store/unchecked-reader.ts'
import { WrittenAccounts } from '../../../src/directory/written-accounts.ts'
import { SqliteWriter } from '../../../src/directory/store/writer.ts'
import { SOURCES, type Identity, type IdentitySource } from '../../../src/identity/identity.ts'
import { account, listed } from '../../fixtures/accounts.ts'
import { openStoreInMemory } from '../../fixtures/store-in-memory.ts'

const key = { source: 'LEGACY', sourceId: 'u1' } as const

it('what was asked for before a write of unknown fate, and came after it, is not taken for what it has left', async () => {
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  const writer = new SqliteWriter(database)
  const reader = new SqliteReader(database) as unknown as DirectoryReader
  let time = 3_000
  const clocks = { now: () => new Date(time), monotonicNow: () => time }
  const written = new WrittenAccounts({ ...clocks, writer, onFault: () => {} })
  const sync = { states: () => [] } as unknown as StandingsOptions['sync']
  const read = (): string[] => {
    const scope = { signal: AbortSignal.abort(), notBefore: -Infinity }
    const accounts = new KeptAccounts(reader, new Standings(scope, { ...clocks, reader, sync, written }))
    return accounts.byKeys([key]).map((each) => each?.role ?? 'unknown')
  }
  const save = async (askedAt: number, asOf: number, role: string) =>
    writer.save({
      source: 'LEGACY',
      rows: [account({ ...key, role, asOf: new Date(asOf) })],
      askedAt: new Date(askedAt),
    })

  written.take({ ...key, identity: null, gone: false })
  await save(2_000, 5_000, 'before')
  time = 10_000
  expect(read()).toEqual(['unknown'])
  await save(4_000, 6_000, 'after')
  expect(read()).toEqual(['after'])
})

it('a page shows of an account with a lost write only what was asked for after it, and of others all that is known', async () => {
  const { writer, reader } = openStoreInMemory()
  const { source } = key
  const other = { source, sourceId: 'u2' } as const
  const save = async (askedAt: number, rows: readonly Identity[]) =>
    writer.save({ source, rows, askedAt: new Date(askedAt) })
  const both = (asOf: number) =>
    [key, other].map((each) => account({ ...each, role: 'standard', asOf: new Date(asOf) }))
  await save(1_000, both(1_000))
  let time = 3_000
  const clocks = { now: () => new Date(time), monotonicNow: () => time }
  const written = new WrittenAccounts({ ...clocks, writer, onFault: () => {} })
  const sync = { states: () => [] } as unknown as StandingsOptions['sync']
  const scope = { signal: AbortSignal.abort(), notBefore: -Infinity }
  const rolesInPage = () => {
    const standings = new Standings(scope, { ...clocks, reader: reader as unknown as DirectoryReader, sync, written })
    const accounts = new KeptAccounts(reader as unknown as DirectoryReader, standings)
    const rows = reader.byKeys([key, other]).map((identity) => ({
      identity: identity as Identity,
      position: { ...key, key: null },
    }))
    return accounts.toGoodPage({ rows, more: false }).rows.map(({ identity }) => identity.role)
  }
  await save(4_000, both(4_000).map(listed))
  time = 5_000
  expect(rolesInPage()).toEqual(['standard', 'standard'])
  time = 3_000
  written.take({ ...key, identity: null, gone: false })
  time = 5_000
  expect(rolesInPage()).toEqual([undefined, 'standard'])
})

describe('accounts that the directory lacks', () => {
  const lacking = (ids: readonly string[]) => {
    const asked: string[] = []
    const clock = { time: 3, sweptAt: 1 }
    const reader = {
      ...NOTHING_KNOWN,
      knowledge: (source: IdentitySource) => {
        asked.push(source)
        return {
          ready: true,
          known: 0,
          whole: { startedAt: new Date(clock.sweptAt), closedAt: new Date(clock.sweptAt) },
        }
      },
    }
    const clocks = { now: () => new Date(clock.time), monotonicNow: () => clock.time }
    const writer = { save: async () => ({ added: 0, changed: 0 }), remove: async () => {} }
    const written = new WrittenAccounts({ ...clocks, writer, onFault: () => {} })
    const states = () => [
      { source: 'LEGACY', firstSweepWhole: true, code: null },
      { source: 'SITE_PARTNER', firstSweepWhole: true, code: 'UPSTREAM_TIMEOUT' },
    ]
    const sync = { states } as unknown as StandingsOptions['sync']
    const scope = { signal: AbortSignal.abort(), notBefore: -Infinity }
    const find = () => {
      const accounts = new KeptAccounts(reader, new Standings(scope, { ...clocks, reader, sync, written }))
      return accounts.byKeys(SOURCES.flatMap((source) => ids.map((sourceId) => ({ source, sourceId }))))
    }
    return { asked, clock, written, find }
  }

  it('are not there where the list is followed, and unknown elsewhere or where a write was lost', () => {
    const { clock, written, find } = lacking(['a', 'b'])
    expect(find()).toEqual([null, null, undefined, undefined])
    written.take({ source: 'LEGACY', sourceId: 'b', identity: null, gone: false })
    expect(find()).toEqual([undefined, undefined, undefined, undefined])
    // A list shows who is there, and not what became of a write to somebody who is not.
    clock.time = 9
    clock.sweptAt = 5
    expect(find()).toEqual([null, undefined, undefined, undefined])
  })

  it('cost one question for each source, however many they are', () => {
    const { asked, find } = lacking(Array.from({ length: 1_000 }, (_, n) => `u${n}`))
    expect(find().filter((found) => found === null)).toHaveLength(1_000)
    expect(asked).toEqual(['LEGACY'])
  })
})
