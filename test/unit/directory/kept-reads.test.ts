import { beforeEach, describe, expect, it } from 'vitest'
import { KeptReads } from '../../../src/directory/store/kept-reads.ts'
import { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import type { DirectoryPageQuestion } from '../../../src/directory/store/store.ts'
import type { SqliteWriter } from '../../../src/directory/store/writer.ts'
import type { Identity, IdentitySource } from '../../../src/identity/identity.ts'
import { account, listed } from '../../fixtures/accounts.ts'
import { at, openStoreInMemory } from '../../fixtures/store-in-memory.ts'

const source = 'LEGACY'
const key = { source, sourceId: 'a' } as const
const PAGE: DirectoryPageQuestion = {
  sources: [source],
  filter: {},
  order: { field: 'EMAIL', direction: 'ASC' },
  count: 5,
  take: 'first',
}

let writer: SqliteWriter
let reader: SqliteReader
let lastWrite: number | undefined

beforeEach(async () => {
  const { database, ...opened } = openStoreInMemory()
  ;({ writer } = opened)
  lastWrite = 1
  reader = new SqliteReader(database, { lastWrite: () => lastWrite })
  await save('before', 2)
  await sweep(5)
})

async function save(role: string, askedAt: number): Promise<void> {
  const asked = at(askedAt)
  await writer.save({ source, rows: [account({ ...key, role, asOf: asked })], askedAt: asked })
}

async function sweep(time: number): Promise<void> {
  const { sweep: number } = await writer.openSweep(source, at(time))
  await writer.closeSweep({ source, sweep: number, whole: true, closedAt: at(time) })
}

const byKey = () => reader.byKeys([key])[0]
const byEmail = () => reader.byEmails(['a@example.com'], [source])[0]?.[0]
const inPage = () => reader.page(PAGE).rows[0]?.identity
const WAYS = [
  ['by key', byKey],
  ['by address', byEmail],
  ['in a page', inPage],
] as const

describe('a reader that keeps what it reads', () => {
  it.each([
    ['by address', () => reader.byEmails(['a@example.com'], [source]).flat().length],
    ['in a page', () => reader.page({ ...PAGE, filter: { email: 'a@example.com' } }).rows.length],
    ['by counting', () => reader.count([source], { email: 'a@example.com' })],
  ])('does not keep whose address was asked for %s and found with nobody', async (_how, ask) => {
    await sweep(6)
    await writer.remove(source, ['a'], at(7))
    lastWrite = 2
    expect(ask()).toBe(0)
    // Nobody has said so, and still it is not taken for known.
    await save('again', 9)
    expect(ask()).toBe(1)
  })

  it.each(WAYS)('does not read an account again that it was asked for %s', async (_how, ask) => {
    const kept = ask()
    expect(kept?.role).toBe('before')
    // Nobody has said so.
    await save('after', 9)
    expect(ask()).toBe(kept)
    expect(byKey()).toBe(kept)
  })

  it.each(WAYS)('reads an account %s as the last writing has left it', async (_how, ask) => {
    for (const [n, role] of ['one', 'two', 'three'].entries()) {
      await save(role, 10 + n)
      lastWrite = 10 + n
      expect(ask()?.role).toBe(role)
    }
  })

  it.each(WAYS)(
    'reads an account %s each time while something is being written, and keeps nothing of it',
    async (_how, ask) => {
      for (const time of [10, 20]) {
        const kept = ask()
        lastWrite = undefined
        expect(ask()).toEqual(kept)
        await save('meanwhile', time)
        expect(ask()?.role).toBe('meanwhile')
        await save('at last', time + 1)
        lastWrite = time
        expect(ask()?.role).toBe('at last')
      }
    },
  )

  it('learns what is known of a source anew after a writing, and not before', async () => {
    const known = () => [
      reader.knowledge(source),
      reader.countLacking(source, ['role']),
      reader.restSince(source, ['role']),
      reader.count([source], {}),
    ]
    const whole = (time: number) => ({ startedAt: at(time), closedAt: at(time) })
    const before = known()
    expect(before).toEqual([{ ready: true, known: 1, whole: whole(5) }, 0, null, 1])
    await sweep(6)
    const listedAgain = [listed(account({ ...key, asOf: at(8) })), listed(account({ source, sourceId: 'b' }))]
    await writer.save({ source, rows: listedAgain, askedAt: at(8) })
    expect(known()).toEqual(before)
    lastWrite = 2
    expect(known()).toEqual([{ ready: true, known: 2, whole: whole(6) }, 1, at(2), 2])
  })

  it('tells questions apart by all that they ask', async () => {
    const other = account({ source, sourceId: 'b', status: 'ARCHIVED' })
    await writer.save({ source, rows: [other], askedAt: at(8) })
    const ids = (question: Partial<DirectoryPageQuestion>) =>
      reader.page({ ...PAGE, ...question }).rows.map(({ identity }) => identity.sourceId)
    const position = { ...key, key: 'a@example.com' }
    for (let times = 0; times < 2; times++) {
      expect(ids({})).toEqual(['a', 'b'])
      expect(ids({ count: 1 })).toEqual(['a'])
      expect(ids({ count: 1, take: 'last' })).toEqual(['b'])
      expect(ids({ order: { field: 'EMAIL', direction: 'DESC' } })).toEqual(['b', 'a'])
      expect(ids({ after: position })).toEqual(['b'])
      expect(ids({ before: position })).toEqual([])
      expect(ids({ filter: { status: ['ARCHIVED'] } })).toEqual(['b'])
      expect(reader.count([source], {})).toBe(2)
      expect(reader.count([source], { status: ['ARCHIVED'] })).toBe(1)
      expect(reader.countLacking(source, ['role'])).toBe(0)
      expect(reader.byEmails(['b@example.com', 'a@example.com'], [source])).toMatchObject([[other], [key]])
    }
  })

  it('reads those of several accounts that it has not read yet', async () => {
    const rows = ['b', 'c'].map((sourceId) => account({ source, sourceId }))
    await writer.save({ source, rows, askedAt: at(8) })
    lastWrite = 2
    const [kept] = reader.byKeys([{ source, sourceId: 'b' }])
    const keys = ['b', 'nobody', 'a', 'b', 'c'].map((sourceId) => ({ source, sourceId }) as const)
    for (let times = 0; times < 2; times++) {
      const found = reader.byKeys(keys)
      expect(found.map((identity) => identity?.sourceId)).toEqual(['b', undefined, 'a', 'b', 'c'])
      expect(found[0]).toBe(kept)
    }
  })

  it('tells sources apart, and what is lacking of which fields', async () => {
    const elsewhere = { source: 'SITE_PARTNER', sourceId: 'a' } as const
    const all: readonly IdentitySource[] = [source, elsewhere.source]
    const { sweep: number } = await writer.openSweep(elsewhere.source, at(6))
    await writer.closeSweep({ source: elsewhere.source, sweep: number, whole: true, closedAt: at(6) })
    // What a list has shown of an account once read, and one of which there is nothing but that.
    await writer.save({ source, rows: [listed(account({ ...key, asOf: at(9) }))], askedAt: at(9) })
    const onlyListed = listed(account({ ...elsewhere, asOf: at(8) }))
    await writer.save({ source: elsewhere.source, rows: [onlyListed], askedAt: at(8) })
    const sourcesOf = (identities: readonly Identity[] | undefined) => identities?.map((identity) => identity.source)
    for (let times = 0; times < 2; times++) {
      for (const sources of [...all.map((each) => [each]), all]) {
        expect(sourcesOf(reader.byEmails(['a@example.com'], sources)[0])).toEqual(sources)
        expect(sourcesOf(reader.page({ ...PAGE, sources }).rows.map(({ identity }) => identity))).toEqual(sources)
        expect(reader.count(sources, {})).toBe(sources.length)
      }
      expect(reader.byKeys([key, elsewhere])).toMatchObject([key, elsewhere])
      expect(all.map((each) => reader.knowledge(each).whole?.closedAt)).toEqual([at(5), at(6)])
      expect(all.map((each) => reader.countLacking(each, ['role']))).toEqual([0, 1])
      expect(all.map((each) => reader.countLacking(each, ['email']))).toEqual([0, 0])
      expect(all.map((each) => reader.restSince(each, ['role']))).toEqual([at(2), null])
      expect(all.map((each) => reader.restSince(each, ['email']))).toEqual([null, null])
    }
  })

  it('gives an account whose rest is too old for somebody as it is for them', async () => {
    await writer.save({ source, rows: [listed(account({ ...key, asOf: at(9) }))], askedAt: at(8) })
    const aged = { role: undefined, asOf: at(8) }
    const notBefore = at(3).getTime()
    for (let times = 0; times < 2; times++) {
      for (const [, ask] of WAYS) expect(ask()).toMatchObject({ role: 'before', asOf: at(2) })
      expect(reader.byKeys([key], notBefore)).toMatchObject([aged])
      expect(reader.byEmails(['a@example.com'], [source], notBefore)).toMatchObject([[aged]])
      expect(reader.page({ ...PAGE, notBefore }).rows).toMatchObject([{ identity: aged }])
    }
  })

  it('answers nothing any more when it is closed', () => {
    const knowledge = () => reader.knowledge(source)
    const all = [...WAYS.map(([, ask]) => ask), knowledge]
    for (const ask of all) ask()
    reader.close()
    for (const ask of all) expect(ask).toThrow(expect.objectContaining({ reason: 'closed' }))
  })

  it('keeps a few thousand accounts at most', () => {
    const kept = new KeptReads(() => 1)
    let most = 0
    for (let n = 0; n < 12_000; n++) {
      kept.keep(account({ source, sourceId: `${n}` }))
      most = Math.max(most, kept.accountsOf(source)?.size ?? 0)
    }
    expect(most).toBe(5_000)
    expect(kept.accountsOf(source)?.get('11999')?.sourceId).toBe('11999')
  })

  it.each([
    ['pages', 499, 20],
    ['answers without accounts', 0, 10_000],
  ])('keeps as many %s as hold ten thousand accounts', (_what, accounts, most) => {
    const kept = new KeptReads(() => 1)
    let reads = 0
    const ask = (n: number) =>
      kept.answer(
        `${n}`,
        () => reads++,
        () => accounts,
      )
    const all = Array.from({ length: most }, (_, n) => n)
    for (const n of [...all, ...all]) ask(n)
    expect(reads).toBe(most)
    for (const n of [most, 0, 1, 0, 1]) ask(n)
    expect(reads).toBe(most + 3)
  })
})
