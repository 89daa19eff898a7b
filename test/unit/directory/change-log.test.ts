import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_RETENTION } from '../../../src/directory/store/change-retention.ts'
import { forgetFuture } from '../../../src/directory/store/future.ts'
import { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import { SqliteWriter } from '../../../src/directory/store/writer.ts'
import { SOURCES, type Identity, type IdentitySource } from '../../../src/identity/identity.ts'
import type { ChangePlace } from '../../../src/identity/identity-change.ts'
import { account, listed } from '../../fixtures/accounts.ts'
import { at, openStoreInMemory } from '../../fixtures/store-in-memory.ts'

const source = 'SITE_PARTNER'
let database: DatabaseSync
let writer: SqliteWriter
let reader: SqliteReader

beforeEach(() => void ({ database, writer, reader } = openStoreInMemory()))

async function save(ids: string, seconds: number, some: Partial<Identity> = {}, from: IdentitySource = source) {
  const rows = Array.from(ids, (sourceId) => account({ asOf: at(seconds), ...some, source: from, sourceId }))
  return writer.save({ source: from, rows, askedAt: at(seconds) })
}

async function sweep(from: IdentitySource, seconds: number, ids = ''): Promise<void> {
  const { sweep } = await writer.openSweep(from, at(seconds))
  const rows = Array.from(ids, (sourceId) => account({ source: from, sourceId, asOf: at(seconds) }))
  await writer.saveSweepPages([{ source: from, sweep, after: null, rows, askedAt: at(seconds), progress: '' }])
  await writer.closeSweep({ source: from, sweep, whole: true, closedAt: at(seconds) })
}

/** The directory after its first sweeps. */
async function begin(ids: string): Promise<void> {
  await sweep('LEGACY', 1)
  await sweep(source, 1, ids)
}

const page = (after: ChangePlace | null = null, count = 100) => reader.changes(SOURCES, after, count)
const log = (after: ChangePlace | null = null): string[] =>
  (page(after)?.changes ?? []).map(({ change: { sourceId, kind, fields } }) => [sourceId, kind, ...fields].join(' '))

describe('before the first whole sweep', () => {
  it('nothing is logged, also of writes of ours, and nobody is told anything', async () => {
    await sweep('LEGACY', 1)
    const place = reader.latestChange()
    await save('ab', 2)
    await save('a', 3, { email: 'new' })
    await writer.remove(source, ['b'], at(4))
    const { sweep: number } = await writer.openSweep(source, at(5))
    await writer.closeSweep({ source, sweep: number, whole: false, closedAt: at(6) })
    await save('c', 7)
    expect(() => page()).toThrow('unready')
    expect(reader.latestChange()).toEqual(place)
    await sweep(source, 8, 'abc')
    expect(log()).toEqual([])
    await save('d', 9)
    expect(log()).toEqual(['d PROVISIONED'])
  })

  // The other source's accounts would never have been told of to whoever went on with a cursor from before.
  it('of a source that is added later, its coming ends every cursor that did not know of it', async () => {
    await sweep(source, 1, 'a')
    await save('b', 2)
    const known = reader.changes([source], null, 9)
    const place = reader.latestChange()
    expect(known?.changes).toHaveLength(1)
    writer = new SqliteWriter(database)
    await sweep('LEGACY', 3, 'xy')
    expect([page(place), page(known?.behind)]).toEqual([undefined, undefined])
    expect(log()).toEqual([])
    await save('x', 4, { role: 'admin' }, 'LEGACY')
    expect(log()).toEqual(['x UPDATED role'])
  })
})

describe('the log', () => {
  beforeEach(async () => begin('abc'))

  it('has each change once, in the order in which it was found', async () => {
    await save('d', 2)
    await save('a', 3, { status: 'INACTIVE', sourceStatus: 'off' })
    await writer.remove(source, ['b'], at(4))
    await save('a', 5, { firstName: 'Anna' })
    await save('a', 6, { firstName: 'Anna', status: 'ARCHIVED', email: null })
    const expected = [
      'd PROVISIONED',
      'a DEACTIVATED status sourceStatus',
      'b GONE',
      'a REACTIVATED firstName status sourceStatus',
      'a ARCHIVED email status',
    ]
    expect(log()).toEqual(expected)
    await sweep(source, 7, 'c')
    await save('a', 8, { firstName: 'Anna', status: 'ARCHIVED', email: null })
    await writer.remove(source, ['b', 'never known'], at(9))
    expect(log()).toEqual(expected)
  })

  it('says when it was seen and of whom', async () => {
    await save('d', 2)
    await writer.remove(source, ['d'], at(4))
    expect(page()?.changes.map(({ change }) => change)).toEqual([
      { source, sourceId: 'd', identityId: 'site-partner:d', kind: 'PROVISIONED', fields: [], observedAt: at(2) },
      { source, sourceId: 'd', identityId: 'site-partner:d', kind: 'GONE', fields: [], observedAt: at(4) },
    ])
  })

  it('has nothing of readings that come late, and of fields that are learned', async () => {
    await save('a', 5, { email: 'new' })
    await save('a', 4, { email: 'older' })
    await writer.save({ source, rows: [listed(account({ source, sourceId: 'l' }))], askedAt: at(6) })
    await save('l', 7, { role: 'admin', timezone: null })
    await save('l', 8, { role: 'owner' })
    expect(log()).toEqual(['a UPDATED email', 'l PROVISIONED', 'l UPDATED role'])
  })

  it('has whoever returns, but nobody whom only an older answer shows', async () => {
    await writer.remove(source, ['a'], at(5))
    await save('a', 4)
    expect(log()).toEqual(['a GONE'])
    await save('a', 6)
    expect(log()).toEqual(['a GONE', 'a PROVISIONED'])
    await writer.remove(source, ['a'], at(5))
    expect(log()).toEqual(['a GONE', 'a PROVISIONED'])
  })

  it('has somebody for gone who was seen in the same millisecond, and then nobody whom that shows', async () => {
    await save('d', 4)
    await writer.remove(source, ['d'], at(4))
    await save('d', 4)
    expect(log()).toEqual(['d PROVISIONED', 'd GONE'])
  })

  it('has what was committed, and nothing of what was not', async () => {
    const [pages] = database.prepare('PRAGMA page_count').all()
    database.exec(`PRAGMA max_page_count = ${pages?.['page_count'] as number}`)
    const rows = Array.from({ length: 500 }, (_, n) => account({ source, sourceId: `n${n}`, role: `role ${n}` }))
    await expect(writer.save({ source, rows, askedAt: at(3) })).rejects.toMatchObject({ reason: 'full' })
    expect(log()).toEqual([])
    database.exec('PRAGMA max_page_count = 100000')
    await writer.save({ source, rows, askedAt: at(3) })
    expect(page(null, 1_000)?.changes).toHaveLength(500)
  })

  it('is read on behind any place of it, also by another process', async () => {
    await save('defg', 2)
    const first = page(null, 3)
    expect([first?.changes.length, first?.more]).toEqual([3, true])
    const place = first?.changes.at(-1)?.place as ChangePlace
    writer = new SqliteWriter(database)
    reader = new SqliteReader(database)
    expect([log(place), page(place, 1)?.more]).toEqual([['g PROVISIONED'], false])
    await save('h', 3)
    expect(log(place)).toEqual(['g PROVISIONED', 'h PROVISIONED'])
    const end = reader.latestChange()
    expect(page(end)).toEqual({ behind: end, changes: [], more: false })
    expect(page(place, 0)).toEqual({ behind: place, changes: [], more: true })
  })

  it('does not have the places of another one, nor what is ahead of it', async () => {
    await save('d', 2)
    const { seq, run } = reader.latestChange()
    for (const place of [
      { seq, run: run + 1 },
      { seq: seq - 1, run: run + 1 },
      { seq: seq + 1, run },
    ]) {
      expect(page(place)).toBeUndefined()
    }
  })

  // After a loss of power the file is as it was a while ago: the numbers that callers have seen are given once more.
  it('knows the places that were lost from those that came in their stead', async () => {
    await save('d', 2)
    const kept = reader.latestChange()
    const backup = database.serialize()
    await save('efg', 3)
    const lost = reader.latestChange()
    database.deserialize(backup)
    writer = new SqliteWriter(database)
    reader = new SqliteReader(database)
    expect(page(lost)).toBeUndefined()
    await save('hijk', 4)
    expect(page(lost)).toBeUndefined()
    expect(log(kept)).toEqual(['h', 'i', 'j', 'k'].map((id) => `${id} PROVISIONED`))
  })
})

describe('what is kept of the log', () => {
  const keep = async (some: Partial<typeof DEFAULT_RETENTION>): Promise<void> => {
    writer = new SqliteWriter(database, { ...DEFAULT_RETENTION, ...some })
    await begin('a')
  }

  it('is so many, and a place is good as long as nothing behind it was forgotten', async () => {
    await keep({ maxCount: 3 })
    const places: ChangePlace[] = [reader.latestChange()]
    for (const [index, id] of Array.from('defgh').entries()) {
      await save(id, 2 + index)
      places.push(reader.latestChange())
    }
    expect(log()).toEqual(['f', 'g', 'h'].map((id) => `${id} PROVISIONED`))
    expect(places.map((place) => page(place)?.changes.length)).toEqual([undefined, undefined, 3, 2, 1, 0])
  })

  it('is what is young enough, and all of it can be too old', async () => {
    await keep({ maxAgeMs: 10_000 })
    await save('d', 2)
    await save('e', 5)
    const end = reader.latestChange()
    await sweep(source, 12, 'ade')
    expect(log()).toEqual(['d PROVISIONED', 'e PROVISIONED'])
    await sweep(source, 13, 'ade')
    expect(log()).toEqual(['e PROVISIONED'])
    await sweep(source, 60, 'ade')
    expect([log(), log(end), page(end)?.changes]).toEqual([[], [], []])
    await save('f', 61)
    expect([log(), log(end)]).toEqual([['f PROVISIONED'], ['f PROVISIONED']])
  })

  it('is what is young enough also after a clock that was ahead', async () => {
    await keep({ maxAgeMs: 10_000 })
    await save('d', 900)
    forgetFuture(database, at(100).getTime())
    await save('e', 105)
    expect(page()?.changes.map(({ change }) => change.observedAt)).toEqual([at(100), at(105)])
    await save('f', 112)
    expect(log()).toEqual(['e PROVISIONED', 'f PROVISIONED'])
  })

  it('is cut a part at a time where it is far too much, and never outgrows what it may be by more than a page', async () => {
    await keep({})
    const many = (prefix: string, count: number): Identity[] =>
      Array.from({ length: count }, (_, n) => account({ source, sourceId: `${prefix}${n}` }))
    await writer.save({ source, rows: many('x', 12_000), askedAt: at(2) })
    writer = new SqliteWriter(database, { ...DEFAULT_RETENTION, maxCount: 100 })
    const lengths: number[] = []
    for (let n = 0; n < 5; n++) {
      await writer.save({ source, rows: many(`y${n}-`, 50), askedAt: at(3) })
      lengths.push(database.prepare('SELECT count(*) - 1 AS n FROM change').get()?.['n'] as number)
    }
    expect(lengths).toEqual([2_050, 100, 100, 100, 100])
    expect(log().at(-1)).toBe('y4-49 PROVISIONED')
  })
})
