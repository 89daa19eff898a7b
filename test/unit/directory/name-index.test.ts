import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { prepareFile } from '../../../src/directory/store/schema.ts'
import { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import { SqliteWriter } from '../../../src/directory/store/writer.ts'
import { account } from '../../fixtures/accounts.ts'

const source = 'LEGACY'
const COUNT = 25_000
const QUESTION = {
  sources: [source],
  order: { field: 'BY_SOURCE', direction: 'ASC' },
  count: 50,
  take: 'first',
} as const

it('names are searched for as they are, also where they changed while the index was built', async () => {
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  const writer = new SqliteWriter(database)
  const named = (n: number, lastName: string) => account({ source, sourceId: `u${n}`, firstName: 'Ann', lastName })
  const { sweep } = await writer.openSweep(source, new Date(1))
  const rows = Array.from({ length: COUNT }, (_, n) => named(n, `Old${n}x`))
  await writer.saveSweepPages([{ source, sweep, rows, askedAt: new Date(1), after: null, progress: '' }])
  const closing = { isDone: false }
  const closed = writer
    .closeSweep({ source, sweep, whole: true, closedAt: new Date(2) })
    .then(() => (closing.isDone = true))
  // One near the start and one near the end change at every chance; others come and go.
  const changed: number[] = []
  for (let time = 3; !closing.isDone; time++) {
    const [first, last] = [time, COUNT - time]
    changed.push(first, last)
    const added = account({ source, sourceId: `n${time}`, lastName: `Added${time}x` })
    await writer.save({
      source,
      rows: [named(first, `New${first}x`), named(last, `New${last}x`), added],
      askedAt: new Date(time),
    })
    await writer.remove(source, [`u${1_000 + time}`, `u${COUNT - 1_000 - time}`], new Date(time))
    await setImmediate()
  }
  await closed
  const reader = new SqliteReader(database)
  const find = (search: string) =>
    reader.page({ ...QUESTION, filter: { search } }).rows.map((row) => row.identity.sourceId)
  // Between its steps others had their turn.
  expect(changed.length).toBeGreaterThan(10)
  for (const n of changed) expect([find(`New${n}x`), find(`Old${n}x`)]).toEqual([[`u${n}`], []])
  expect([find('Added3x'), find('Old500x'), find('Old1003x'), find(`Old${COUNT - 1_003}x`)]).toEqual([
    ['n3'],
    ['u500'],
    [],
    [],
  ])
  const words = database.prepare("SELECT count(*) AS n FROM legacy_name WHERE legacy_name MATCH 'ann OR other'").get()
  expect(words).toEqual({ n: reader.knowledge(source).known })
})

it('names are taken in anew where whoever did so before did not get to the end', async () => {
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  const writer = new SqliteWriter(database)
  const { sweep } = await writer.openSweep(source, new Date(1))
  const rows = [account({ source, sourceId: 'u1', firstName: 'Ann', lastName: 'Newname' })]
  await writer.saveSweepPages([{ source, sweep, rows, askedAt: new Date(1), after: null, progress: '' }])
  database.exec("INSERT INTO legacy_name (rowid, words) VALUES (1, 'oldname')")
  await writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(2) })
  const reader = new SqliteReader(database)
  const find = (search: string) => reader.page({ ...QUESTION, filter: { search } }).rows.length
  expect([find('oldname'), find('newname')]).toEqual([0, 1])
})
