import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { KeptAccounts } from '../../../src/directory/kept-accounts.ts'
import { prepareFile } from '../../../src/directory/store/schema.ts'
import { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import { Standings, type StandingsOptions } from '../../../src/directory/standings.ts'
import type { DirectoryReader } from '../../../src/directory/store/store.ts'
import { WrittenAccounts } from '../../../src/directory/written-accounts.ts'
import { SqliteWriter } from '../../../src/directory/store/writer.ts'
import { account } from '../../fixtures/accounts.ts'

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
