import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import type { DirectoryWriter } from '../../../src/directory/store/store.ts'
import { SqliteWriter } from '../../../src/directory/store/writer.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { account, listed } from '../../fixtures/accounts.ts'
import { accountsOf, at, openStoreInMemory } from '../../fixtures/store-in-memory.ts'

const source = 'SITE_PARTNER'
let database: DatabaseSync
let writer: DirectoryWriter
let reader: SqliteReader

beforeEach(() => void ({ database, writer, reader } = openStoreInMemory()))

const rows = (ids: string, some: Partial<Identity> = {}) => accountsOf(source, ids, some)

async function save(ids: string, askedAt: number, some: Partial<Identity> = {}) {
  return writer.save({ source, rows: rows(ids, { asOf: at(askedAt), ...some }), askedAt: at(askedAt) })
}

async function sweepPage(sweep: number, after: string | null, ids: string, askedAt: number) {
  const page = { source, sweep, after, rows: rows(ids), askedAt: at(askedAt), progress: `after ${ids}` } as const
  return writer.saveSweepPages([page])
}

function emailOf(sourceId: string): string | null | undefined {
  return reader.byKeys([{ source, sourceId }])[0]?.email
}

describe('a reading', () => {
  it('says how many accounts it added and how many it changed', async () => {
    expect(await save('abc', 1)).toEqual({ added: 3, changed: 0 })
    expect(await save('abcd', 2)).toEqual({ added: 1, changed: 0 })
    expect(await save('ab', 3, { email: 'x' })).toEqual({ added: 0, changed: 2 })
  })

  it('never overwrites what was asked for later', async () => {
    await save('a', 2, { email: 'new' })
    expect(await save('a', 1, { email: 'old' })).toEqual({ added: 0, changed: 0 })
    expect(emailOf('a')).toBe('new')
  })

  it('says when an account was last read, changed or not', async () => {
    await save('a', 1)
    await save('a', 7)
    await save('a', 5)
    expect(reader.byKeys([{ source, sourceId: 'a' }])[0]?.asOf).toEqual(at(7))
  })

  it('that carries few fields leaves the others as they were, and the account as old as those', async () => {
    const whole = account({ source, sourceId: 'a', role: 'admin', asOf: at(1) })
    await writer.save({ source, rows: [whole], askedAt: at(1) })
    await writer.save({ source, rows: [{ ...listed(whole), email: 'new', asOf: at(2) }], askedAt: at(2) })
    expect(reader.byKeys([{ source, sourceId: 'a' }])).toEqual([{ ...whole, email: 'new', asOf: at(1) }])
  })

  it('may show an account twice', async () => {
    expect(await save('aba', 1)).toEqual({ added: 2, changed: 0 })
    expect(reader.knowledge(source).known).toBe(2)
  })

  it('is kept apart from the same ids of the other source', async () => {
    await save('a', 1)
    expect(reader.byKeys([{ source: 'LEGACY', sourceId: 'a' }])).toEqual([undefined])
  })
})

describe('who was removed', () => {
  it('does not come back by an answer to an older question', async () => {
    await save('ab', 1)
    await writer.remove(source, ['a', 'never known'], at(3))
    await save('a', 2)
    await save('a', 3)
    await writer.save({ source, rows: [account({ source, sourceId: 'never known' })], askedAt: at(2) })
    expect(
      reader.byKeys([
        { source, sourceId: 'a' },
        { source, sourceId: 'never known' },
      ]),
    ).toEqual([undefined, undefined])
    expect(reader.knowledge(source).known).toBe(1)
  })

  it('comes back by a later one, and can be removed again', async () => {
    await save('a', 1)
    await writer.remove(source, ['a'], at(2))
    expect(await save('a', 3)).toEqual({ added: 1, changed: 0 })
    await writer.remove(source, ['a'], at(4))
    await save('a', 3)
    expect(emailOf('a')).toBeUndefined()
  })

  it('was not seen since: else nobody is removed', async () => {
    await save('a', 5)
    await writer.remove(source, ['a'], at(4))
    expect(emailOf('a')).toBe('a@example.com')
  })

  it('is remembered for a day', async () => {
    const day = 24 * 60 * 60
    await writer.remove(source, ['a'], at(0))
    for (const closedAt of [day, day + 1]) {
      const { sweep } = await writer.openSweep(source, at(1))
      await writer.closeSweep({ source, sweep, whole: false, closedAt: at(closedAt) })
      await save('a', 0)
      expect(emailOf('a')).toBe(closedAt === day ? undefined : 'a@example.com')
    }
  })
})

describe('a sweep', () => {
  it('goes on where it was interrupted, page and progress in one', async () => {
    const { sweep } = await writer.openSweep(source, at(10))
    expect(await writer.openSweep(source, at(11))).toEqual({ sweep, startedAt: at(10), progress: null })
    await sweepPage(sweep, null, 'ab', 12)
    expect(await new SqliteWriter(database).openSweep(source, at(13))).toEqual({
      sweep,
      startedAt: at(10),
      progress: 'after ab',
    })
  })

  it('that is restarted is another one, and late pages of the first take nobody out of it', async () => {
    await save('a', 1)
    const first = await writer.openSweep(source, at(10))
    const second = await writer.restartSweep(source, at(20))
    expect(second).toEqual({ sweep: expect.any(Number), startedAt: at(20), progress: null })
    expect(second.sweep).not.toBe(first.sweep)
    // The clock was put back meanwhile, so that only the page itself tells that it is of the second sweep.
    await sweepPage(second.sweep, null, 'a', 15)
    await sweepPage(first.sweep, null, 'a', 11)
    expect(await writer.missing(source, second.sweep, 9)).toEqual({ count: 0, known: 1, accounts: [] })
    expect((await writer.openSweep(source, at(30))).progress).toBe('after a')
  })

  it('misses whom neither it nor anything since has shown, and says whom they stood behind', async () => {
    const first = await writer.openSweep(source, at(1))
    await sweepPage(first.sweep, null, 'abcde', 2)
    await writer.closeSweep({ source, sweep: first.sweep, whole: true, closedAt: at(3) })
    await save('x', 4)
    const { sweep } = await writer.openSweep(source, at(10))
    await sweepPage(sweep, null, 'd', 11)
    await save('c', 12)
    await save('n', 13)
    expect(await writer.missing(source, sweep, 9)).toEqual({
      count: 4,
      known: 7,
      accounts: [
        { sourceId: 'a', predecessor: null },
        { sourceId: 'b', predecessor: 'a' },
        { sourceId: 'e', predecessor: 'd' },
        { sourceId: 'x', predecessor: undefined },
      ],
    })
    expect((await writer.missing(source, sweep, 2)).accounts.map(({ sourceId }) => sourceId)).toEqual(['a', 'b'])
  })

  it('misses nobody whom one of its pages showed, though the clock was put back meanwhile', async () => {
    await save('a', 1)
    const { sweep } = await writer.openSweep(source, at(10))
    await sweepPage(sweep, null, 'a', 5)
    expect((await writer.missing(source, sweep, 9)).count).toBe(0)
  })

  it('that is closed, or was never opened, misses nobody', async () => {
    await save('a', 1)
    const { sweep } = await writer.openSweep(source, at(10))
    await writer.closeSweep({ source, sweep, whole: false, closedAt: at(11) })
    for (const none of [sweep, 99]) expect((await writer.missing(source, none, 9)).count).toBe(0)
  })

  it('makes a source ready once it was whole, and not before', async () => {
    const { sweep } = await writer.openSweep(source, at(10))
    await sweepPage(sweep, null, 'a', 11)
    await writer.closeSweep({ source, sweep, whole: false, closedAt: at(12) })
    expect(reader.knowledge(source)).toEqual({ ready: false, known: 1, whole: null })
    expect(() => reader.byEmails(['a@example.com'], [source])).toThrow('unready')
    expect(() => reader.count([source], {})).toThrow('unready')
    const next = await writer.openSweep(source, at(20))
    await writer.closeSweep({ source, sweep: next.sweep, whole: true, closedAt: at(21) })
    const later = await writer.openSweep(source, at(30))
    await writer.closeSweep({ source, sweep: later.sweep, whole: false, closedAt: at(31) })
    expect(reader.knowledge(source)).toEqual({ ready: true, known: 1, whole: { startedAt: at(20), closedAt: at(21) } })
    expect(reader.byEmails(['a@example.com'], [source])[0]).toHaveLength(1)
    expect(reader.knowledge('LEGACY').ready).toBe(false)
  })
})

describe('whom an account stands behind', () => {
  it('is told by pages that say where they begin', async () => {
    await writer.save({ source, rows: rows('ab'), askedAt: at(1), after: null })
    await writer.save({ source, rows: rows('cd'), askedAt: at(2), after: 'b' })
    await writer.save({ source, rows: rows('e'), askedAt: at(3), after: 'unknown' })
    const behind = ['a', 'b', 'c', 'd', 'e', 'unknown'].map((sourceId) => reader.predecessor({ source, sourceId }))
    expect(behind).toEqual([null, 'a', 'b', 'c', undefined, undefined])
  })

  it('is as it was after a reading that shows no list, and unknown once that one is gone', async () => {
    await writer.save({ source, rows: rows('ab'), askedAt: at(1), after: null })
    await save('b', 2)
    expect(reader.predecessor({ source, sourceId: 'b' })).toBe('a')
    await writer.remove(source, ['a'], at(3))
    await save('z', 4)
    expect(reader.predecessor({ source, sourceId: 'b' })).toBeUndefined()
  })
})

describe('accounts of which fields are lacking', () => {
  it('are counted and named, a few at a time', async () => {
    await writer.save({ source, rows: rows('abcd').map(listed), askedAt: at(1) })
    await save('be', 2)
    expect(reader.countLacking(source, ['role'])).toBe(3)
    expect(reader.countLacking(source, ['email'])).toBe(0)
    const first = await writer.lacking(source, 2)
    expect(first).toEqual({ sourceIds: ['a', 'c'], next: expect.any(Number) })
    expect(await writer.lacking(source, 2, first.next)).toEqual({ sourceIds: ['d'], next: null })
  })
})

describe('a full disk', () => {
  it('fails what cannot be kept, wholly, and goes on when there is room', async () => {
    const { sweep } = await writer.openSweep(source, at(1))
    await sweepPage(sweep, null, 'ab', 2)
    const [pages] = database.prepare('PRAGMA page_count').all()
    database.exec(`PRAGMA max_page_count = ${pages?.['page_count'] as number}`)
    const many = Array.from({ length: 500 }, (_, n) => account({ source, sourceId: `n${n}`, role: `role ${n}` }))
    const page = { source, sweep, after: 'b', rows: many, askedAt: at(3), progress: 'far' } as const
    await expect(writer.saveSweepPages([page])).rejects.toMatchObject({ name: 'DirectoryFault', reason: 'full' })
    expect(reader.knowledge(source).known).toBe(2)
    expect(await writer.openSweep(source, at(4))).toMatchObject({ sweep, progress: 'after ab' })
    database.exec('PRAGMA max_page_count = 100000')
    expect(await writer.saveSweepPages([page])).toEqual({ added: 500, changed: 0 })
    expect(reader.knowledge(source).known).toBe(502)
    expect(reader.byKeys([{ source, sourceId: 'n7' }])[0]?.role).toBe('role 7')
  })
})

describe('names that were there before the first sweep was whole', () => {
  it('are found by each of their words, whatever they are spelled with and however long they are', async () => {
    const { sweep } = await writer.openSweep(source, at(1))
    const names = ['Ann Other', 'José O’Brien', `${'long '.repeat(13)}zebra`, 'nul\0l yak', 'snake_case']
    const people = names.map((firstName, n) => account({ source, sourceId: `n${n}`, firstName, lastName: null }))
    await writer.saveSweepPages([{ source, sweep, after: null, rows: people, askedAt: at(2), progress: '' }])
    await writer.closeSweep({ source, sweep, whole: true, closedAt: at(3) })
    const search = async (word: string): Promise<number> => reader.count([source], { search: word })
    const words = ['other', 'jose', 'brien', 'zebra', 'yak', 'case']
    expect(await Promise.all(words.map(search))).toEqual(words.map(() => 1))
  })
})
