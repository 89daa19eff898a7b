import { beforeEach, describe, expect, it } from 'vitest'
import type { SqliteReader } from '../../../src/directory/store/sqlite-reader.ts'
import type { DirectoryWriter } from '../../../src/directory/store/store.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { account, listed } from '../../fixtures/accounts.ts'
import { accountsOf, at, openStoreInMemory } from '../../fixtures/store-in-memory.ts'

const source = 'SITE_PARTNER'
let writer: DirectoryWriter
let reader: SqliteReader

beforeEach(() => void ({ writer, reader } = openStoreInMemory()))

const rows = (ids: string, some: Partial<Identity> = {}) => accountsOf(source, ids, some)

async function save(ids: string, askedAt: number, some: Partial<Identity> = {}) {
  return writer.save({ source, rows: rows(ids, { asOf: at(askedAt), ...some }), askedAt: at(askedAt) })
}

describe('what lists do not carry', () => {
  const restOf = async (ids: string, askedAt: number) => {
    await save(ids, askedAt, { role: 'admin' })
    await writer.save({ source, rows: rows(ids, { asOf: at(9) }).map(listed), askedAt: at(9) })
  }

  it('is named when it is older than that, the oldest first, whatever the lists carried', async () => {
    await restOf('b', 2)
    await restOf('a', 1)
    await restOf('c', 5)
    const noLocale = { ...account({ source, sourceId: 'b' }), locale: undefined }
    await writer.save({ source, rows: [noLocale], askedAt: at(8) })
    await restOf('d', 4)
    await writer.save({ source, rows: [{ ...noLocale, sourceId: 'd' }], askedAt: at(10) })
    // Of b, a reading between has told everything but one field; what it told is younger, that field is not.
    expect(await writer.outdated(source, at(5), 9)).toEqual(['a', 'b', 'd'])
    expect(await writer.outdated(source, at(6), 2)).toEqual(['a', 'b'])
    expect(await writer.outdated(source, at(1), 9)).toEqual([])
    await save('a', 12)
    expect(await writer.outdated(source, at(6), 1)).toEqual(['b'])
  })

  it('is as old as the oldest of it, of the fields in question', async () => {
    await save('a', 1)
    expect(reader.restSince(source, ['role'])).toBeNull()
    await restOf('ab', 3)
    await restOf('c', 2)
    expect(reader.restSince(source, ['role'])).toEqual(at(2))
    expect(reader.restSince(source, ['email', 'status'])).toBeNull()
    // Nobody is made anew.
    expect(reader.restSince(source, ['createdAt'])).toBeNull()
    const other = { ...account({ source, sourceId: 'd' }), locale: undefined }
    await save('d', 1)
    await writer.save({ source, rows: [other], askedAt: at(9) })
    expect(reader.restSince(source, ['role'])).toEqual(at(2))
    expect(reader.restSince(source, ['role', 'locale'])).toEqual(at(1))
  })

  it('counts as not carried for whom it is too old, who is told when the account was asked for', async () => {
    await restOf('a', 3)
    await writer.save({ source, rows: rows('a', { asOf: at(11) }).map(listed), askedAt: at(10) })
    const [kept] = reader.byKeys([{ source, sourceId: 'a' }], at(3).getTime())
    expect(kept).toMatchObject({ role: 'admin', asOf: at(3) })
    const [young] = reader.byKeys([{ source, sourceId: 'a' }], at(4).getTime())
    expect(young).toMatchObject({
      role: undefined,
      email: 'a@example.com',
      createdAt: '2024-01-01T00:00:00Z',
      asOf: at(10),
    })
  })

  it('stays as old as it is when a list shows the same again', async () => {
    await restOf('a', 3)
    await writer.save({ source, rows: rows('a', { asOf: at(11) }).map(listed), askedAt: at(10) })
    expect(await writer.outdated(source, at(4), 1)).toEqual(['a'])
    expect(reader.byKeys([{ source, sourceId: 'a' }])[0]?.asOf).toEqual(at(3))
  })
})
