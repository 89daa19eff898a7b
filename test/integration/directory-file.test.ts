import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { persistentFile, temporaryFile } from '../../src/directory/store/directory-file.ts'
import type { DirectoryStore } from '../../src/directory/store/open-store.ts'
import type { DirectoryPageQuestion } from '../../src/directory/store/store.ts'
import type { IdentitySource } from '../../src/identity/identity.ts'
import { account } from '../fixtures/accounts.ts'
import { FIRST_OF_LEGACY, StoreFolder } from '../fixtures/store-folder.ts'

const LEGACY = 'LEGACY' satisfies IdentitySource
let place: StoreFolder
let folder: string
let path: string
let movedAside: string[]
let open: StoreFolder['open']

beforeEach(() => {
  place = new StoreFolder()
  ;({ folder, path, movedAside, open } = place)
})
afterEach(() => place.close())

async function fill({ writer }: DirectoryStore, ids: readonly string[]): Promise<void> {
  const { sweep } = await writer.openSweep(LEGACY, new Date(0))
  const rows = ids.map((sourceId) =>
    account({ source: LEGACY, sourceId, role: 'standard', lastName: `of ${sourceId}` }),
  )
  await writer.saveSweepPages([{ source: LEGACY, sweep, after: null, rows, askedAt: new Date(1), progress: 'x' }])
  await writer.closeSweep({ source: LEGACY, sweep, whole: true, closedAt: new Date(2) })
}

async function idsOf(store: DirectoryStore, filter: DirectoryPageQuestion['filter'] = {}): Promise<string[]> {
  const page = await store.reader.page({ ...FIRST_OF_LEGACY, filter }, { signal: new AbortController().signal })
  return page.rows.map(({ identity }) => identity.sourceId)
}

/** Everything that somebody could notice of the files in a folder. */
function stateOf(folder: string) {
  return readdirSync(folder).map((name) => {
    const { mode, mtimeMs, ctimeMs } = statSync(join(folder, name))
    return { name, mode, mtimeMs, ctimeMs, bytes: readFileSync(join(folder, name), 'base64') }
  })
}

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8)
}

describe('a temporary file', () => {
  it('lies where only we may look, and is gone when it is closed', async () => {
    const file = temporaryFile(folder)
    const store = await open(file)
    await fill(store, ['a'])
    expect(modeOf(dirname(file.path))).toBe('700')
    for (const name of readdirSync(dirname(file.path))) expect(modeOf(join(dirname(file.path), name))).toBe('600')
    await store.close()
    expect(readdirSync(folder)).toEqual([])
  })

  // What a killed process had left was taken away only if that was a minute ago; after a quick restart people's data stayed.
  it('takes the leftovers of killed processes away at once, and nothing else', () => {
    const alive = temporaryFile(folder)
    const left = join(folder, 'identity-directory-killed')
    const other = join(folder, 'identity-directory-of-somebody')
    for (const place of [left, other]) mkdirSync(place)
    writeFileSync(join(left, 'directory.db-lock'), '')
    const next = temporaryFile(folder)
    expect(existsSync(left)).toBe(false)
    expect(existsSync(other)).toBe(true)
    expect(existsSync(alive.path)).toBe(true)
    for (const file of [alive, next]) file.release()
  })
})

describe('a file that stays', () => {
  it('is read by us alone, and holds everything over a restart', async () => {
    const first = await open()
    await fill(first, ['a', 'b'])
    for (const name of readdirSync(folder)) expect(modeOf(join(folder, name))).toBe('600')
    await first.close()
    const second = await open()
    expect(await idsOf(second, { search: 'of' })).toEqual(['a', 'b'])
    expect(second.reader.knowledge(LEGACY)).toMatchObject({ ready: true, known: 2, whole: { closedAt: new Date(2) } })
    expect(movedAside).toEqual([])
  })

  it('gives way to what is read from now on, where its clock was ahead', async () => {
    const first = await open()
    const save = async ({ writer }: DirectoryStore, role: string, askedAt: Date) =>
      writer.save({ source: LEGACY, rows: [account({ source: LEGACY, sourceId: 'a', role, asOf: askedAt })], askedAt })
    await save(first, 'wrong', new Date('2126-01-01'))
    await first.close()
    const second = await open()
    const kept = () => second.reader.byKeys([{ source: LEGACY, sourceId: 'a' }])[0]
    expect(kept()?.asOf).toEqual(new Date(0))
    await save(second, 'right', new Date())
    expect(kept()?.role).toBe('right')
  })

  it('is written by one process at a time', async () => {
    const first = await open()
    expect(() => persistentFile(path)).toThrow(expect.objectContaining({ reason: 'in-use' }))
    await first.close()
    await fill(await open(), ['a'])
  })

  it('that is damaged is put aside, not deleted, and begun anew', async () => {
    const whole = await open()
    await fill(whole, ['a'])
    await whole.close()
    const page = 4096
    const damaged = new Uint8Array(page).fill(0x41)
    const handle = await openFile(path, 'r+')
    for (let at = 2; at < 8; at++) await handle.write(damaged, 0, page, at * page)
    await handle.close()
    const size = statSync(path).size
    const store = await open()
    expect(movedAside).toEqual(['corrupt directory.db.corrupt-1'])
    expect(statSync(join(folder, 'directory.db.corrupt-1')).size).toBe(size)
    expect(modeOf(path)).toBe('600')
    expect(store.reader.knowledge(LEGACY)).toEqual({ ready: false, known: 0, whole: null })
    await fill(store, ['b'])
    expect(await idsOf(store)).toEqual(['b'])
  })

  it('that is no database at all is put aside too, beside what was put aside before', async () => {
    for (const text of ['first '.repeat(1000), 'second '.repeat(1000)]) {
      writeFileSync(path, text)
      await (await open()).close()
    }
    expect(movedAside).toEqual(['corrupt directory.db.corrupt-1', 'corrupt directory.db.corrupt-2'])
  })

  it('of another version is put aside', async () => {
    await (await open()).close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 999')
    database.close()
    await open()
    expect(movedAside).toEqual(['other-version directory.db.other-version-1'])
  })

  it('that is the database of another program is left alone', async () => {
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE precious (thing TEXT)')
    database.close()
    const before = stateOf(folder)
    expect(() => persistentFile(path)).toThrow(expect.objectContaining({ reason: 'foreign' }))
    expect(stateOf(folder)).toEqual(before)
  })

  it('that another program is writing, with all of it still in the log, is left alone too', () => {
    const database = new DatabaseSync(path)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE precious (thing TEXT)')
    const before = stateOf(folder)
    expect(() => persistentFile(path)).toThrow(expect.objectContaining({ reason: 'foreign' }))
    expect(stateOf(folder)).toEqual(before)
    database.close()
  })

  it('that is ours, with all of it still in the log, is known as such', async () => {
    const store = await open()
    await fill(store, ['a'])
    const copy = join(folder, 'copy.db')
    for (const companion of ['', '-wal']) copyFileSync(path + companion, copy + companion)
    const again = await open(persistentFile(copy))
    expect([await idsOf(again), movedAside]).toEqual([['a'], []])
  })

  // DIRECTORY=/data/ took every right to enter /data away before it said that this is no file.
  it('that is a folder is a fault, and the folder keeps its mode', () => {
    const place = join(folder, 'data')
    mkdirSync(place, { mode: 0o755 })
    expect(() => persistentFile(place)).toThrow('store is not usable')
    expect(modeOf(place)).toBe('755')
    expect(readdirSync(folder)).toEqual(['data'])
  })

  it('that cannot be made is a fault', () => {
    expect(() => persistentFile(join(folder, 'nowhere', 'directory.db'))).toThrow('store is not usable')
  })
})
