import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, it } from 'vitest'
import { forgetFuture } from '../../../src/directory/store/future.ts'
import { prepareFile } from '../../../src/directory/store/schema.ts'
import { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import { SqliteWriter } from '../../../src/directory/store/writer.ts'
import { account, listed } from '../../fixtures/accounts.ts'

const source = 'LEGACY'
let database: DatabaseSync
let writer: SqliteWriter

const at = (seconds: number): Date => new Date(seconds * 1_000)
const reader = (): SqliteReader => new SqliteReader(database)
const one = (sourceId: string) => reader().byKeys([{ source, sourceId }])[0]
const save = async (
  sourceId: string,
  askedAt: number,
  role = 'a',
  carry = (whole: ReturnType<typeof account>) => whole,
) =>
  writer.save({ source, rows: [carry(account({ source, sourceId, role, asOf: at(askedAt) }))], askedAt: at(askedAt) })

beforeEach(() => {
  database = new DatabaseSync(':memory:')
  prepareFile(database)
  writer = new SqliteWriter(database)
})

it('what is dated ahead gives way to whatever is read from now on, and is young for nobody', async () => {
  await save('ahead', 900, 'wrong')
  await save('rest', 800, 'wrong')
  await save('rest', 50, 'x', listed)
  await save('fine', 40)
  await save('fine', 45, 'x', listed)
  forgetFuture(database, at(100).getTime())
  expect(one('ahead')?.asOf).toEqual(at(0))
  expect(one('rest')?.asOf).toEqual(at(0))
  expect(one('fine')?.asOf).toEqual(at(40))
  await save('ahead', 101, 'right')
  expect(one('ahead')).toMatchObject({ role: 'right', asOf: at(101) })
})

it('who was gone in the future comes back', async () => {
  await writer.remove(source, ['a'], at(900))
  forgetFuture(database, at(100).getTime())
  await save('a', 99)
  expect(one('a')).toBeUndefined()
  await save('a', 101)
  expect(one('a')).toBeDefined()
})

it('a sweep of the future is not gone on with, and a whole one is of nobody knows when', async () => {
  const first = await writer.openSweep(source, at(800))
  await writer.closeSweep({ source, sweep: first.sweep, whole: true, closedAt: at(900) })
  const second = await writer.openSweep(source, at(901))
  forgetFuture(database, at(100).getTime())
  expect(reader().knowledge(source).whole).toEqual({ startedAt: at(0), closedAt: at(0) })
  expect((await writer.openSweep(source, at(101))).sweep).not.toBe(second.sweep)
})

it('what is dated rightly stays as it is', async () => {
  const { sweep } = await writer.openSweep(source, at(10))
  await save('a', 20)
  forgetFuture(database, at(100).getTime())
  expect(one('a')?.asOf).toEqual(at(20))
  expect((await writer.openSweep(source, at(101))).sweep).toBe(sweep)
})
