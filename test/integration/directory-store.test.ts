import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { persistentFile, temporaryFile, type DirectoryFile } from '../../src/directory/directory-file.ts'
import { openStore, type DirectoryStore } from '../../src/directory/open-store.ts'
import type { DirectoryPageQuestion } from '../../src/directory/store.ts'
import type { Identity, IdentitySource } from '../../src/identity/identity.ts'
import { account, listed } from '../fixtures/accounts.ts'

const LEGACY = 'LEGACY' satisfies IdentitySource
const QUESTION: DirectoryPageQuestion = {
  sources: [LEGACY],
  filter: {},
  order: { field: 'BY_SOURCE', direction: 'ASC' },
  count: 50,
  take: 'first',
}

let folder: string
let path: string
let stores: DirectoryStore[]
let movedAside: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'directory-test-'))
  path = join(folder, 'directory.db')
  stores = []
  movedAside = []
})

afterEach(async () => {
  for (const store of stores) await store.close()
  rmSync(folder, { recursive: true })
})

async function open(file: DirectoryFile = persistentFile(path)): Promise<DirectoryStore> {
  const store = await openStore(file, (reason, aside) => movedAside.push(`${reason} ${aside.slice(folder.length + 1)}`))
  stores.push(store)
  return store
}

async function fill({ writer }: DirectoryStore, ids: readonly string[]): Promise<void> {
  const { sweep } = await writer.openSweep(LEGACY, new Date(0))
  const rows = ids.map((sourceId) =>
    account({ source: LEGACY, sourceId, role: 'standard', lastName: `of ${sourceId}` }),
  )
  await writer.saveSweepPages([{ source: LEGACY, sweep, after: null, rows, askedAt: new Date(1), progress: 'x' }])
  await writer.closeSweep({ source: LEGACY, sweep, whole: true, closedAt: new Date(2) })
}

async function idsOf(store: DirectoryStore, filter: DirectoryPageQuestion['filter'] = {}): Promise<string[]> {
  const page = await store.reader.page({ ...QUESTION, filter })
  return page.rows.map(({ identity }) => identity.sourceId)
}

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8)
}

describe('a store', () => {
  it('shows at once what was written, to quick questions and to slow ones', async () => {
    const store = await open()
    await fill(store, ['a', 'b'])
    expect(await idsOf(store)).toEqual(['a', 'b'])
    expect(await idsOf(store, { search: 'b' })).toEqual(['b'])
    expect(await store.reader.count([LEGACY], { role: 'standard' })).toBe(2)
    const changed = account({ source: LEGACY, sourceId: 'a', role: 'admin', email: 'new@example.com' })
    await store.writer.save({ source: LEGACY, rows: [changed], askedAt: new Date(5) })
    expect(store.reader.byEmails(['new@example.com'], [LEGACY])[0]).toEqual([changed])
    expect(await idsOf(store, { role: 'standard' })).toEqual(['b'])
    expect((await store.reader.page({ ...QUESTION, filter: { role: 'admin' } })).rows[0]?.identity).toEqual(changed)
  })

  // Sweeps of five fields made the others look as young as those: `max-age=60` was answered with a role of last week.
  it('dates an account by the oldest of what it says', async () => {
    const store = await open()
    await fill(store, ['a'])
    const key = { source: LEGACY, sourceId: 'a' } as const
    const asOf = async (row: Identity, at: number) => {
      await store.writer.save({ source: LEGACY, rows: [{ ...row, asOf: new Date(at) }], askedAt: new Date(at) })
      return store.reader.byKeys([key])[0]?.asOf
    }
    expect(await asOf(account({ ...key, role: 'admin' }), 1_000)).toEqual(new Date(1_000))
    expect(await asOf(listed(account(key)), 5_000)).toEqual(new Date(1_000))
    expect(await asOf(account({ ...key, role: 'admin' }), 6_000)).toEqual(new Date(6_000))
  })

  it('says what it cannot answer yet, before a first sweep was whole', async () => {
    const store = await open()
    const unready = { name: 'DirectoryFault', reason: 'unready' }
    await expect(store.reader.page(QUESTION)).rejects.toMatchObject(unready)
    await expect(store.reader.page({ ...QUESTION, filter: { search: 'x' } })).rejects.toMatchObject(unready)
    expect(store.reader.byKeys([{ source: LEGACY, sourceId: 'a' }])).toEqual([undefined])
  })

  it('answers while it is written to', async () => {
    const store = await open()
    await fill(store, ['a'])
    const writes = Array.from({ length: 50 }, async (_, page) => {
      const rows = Array.from({ length: 20 }, (_, row) => account({ source: LEGACY, sourceId: `${page}-${row}` }))
      return store.writer.save({ source: LEGACY, rows, askedAt: new Date(5) })
    })
    const questions = Array.from({ length: 50 }, async () => idsOf(store, { search: 'of a' }))
    expect(new Set((await Promise.all(questions)).flat())).toEqual(new Set(['a']))
    await Promise.all(writes)
    expect(await store.reader.count([LEGACY], {})).toBe(1001)
  })

  it('that is closed answers no more, and can be closed again', async () => {
    const store = await open()
    await store.close()
    await store.close()
    await expect(store.writer.openSweep(LEGACY, new Date())).rejects.toMatchObject({ reason: 'closed' })
    await expect(store.reader.count([LEGACY], { search: 'x' })).rejects.toMatchObject({ reason: 'closed' })
    expect(() => store.reader.byKeys([{ source: LEGACY, sourceId: 'a' }])).toThrow('closed')
  })
})

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

  it('is written by one process at a time', async () => {
    const first = await open()
    expect(() => persistentFile(path)).toThrow(expect.objectContaining({ reason: 'in-use' }))
    await first.close()
    await fill(await open(), ['a'])
  })

  it('that is damaged is put aside, not deleted, and begun anew', async () => {
    await fill(await open(), ['a'])
    await stores[0]?.close()
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
    await expect(open()).rejects.toMatchObject({ name: 'DirectoryFault', reason: 'foreign' })
    const after = new DatabaseSync(path)
    expect(after.prepare('SELECT name FROM sqlite_master').all()).toEqual([{ name: 'precious' }])
    after.close()
    // Nor is it kept from that program.
    persistentFile(path).release()
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

describe('what dies', () => {
  async function openWatched(): Promise<[DirectoryStore, Worker[]]> {
    const workers: Worker[] = []
    const watch = (worker: Worker): unknown => workers.push(worker)
    process.on('worker', watch)
    const store = await open()
    await fill(store, ['a'])
    await store.reader.count([LEGACY], { search: 'a' })
    process.off('worker', watch)
    return [store, workers]
  }

  it('while it writes takes with it who waits, and nothing that was saved', async () => {
    const [store, [writing]] = await openWatched()
    const rows = Array.from({ length: 500 }, (_, row) => account({ source: LEGACY, sourceId: `n${row}` }))
    const calls = Array.from({ length: 20 }, async () =>
      store.writer.save({ source: LEGACY, rows, askedAt: new Date(5) }),
    )
    const settled = Promise.allSettled(calls)
    await writing?.terminate()
    const rejected = (await settled).filter(({ status }) => status === 'rejected')
    expect(rejected.length).toBeGreaterThan(0)
    for (const each of rejected) expect(each).toMatchObject({ reason: { name: 'DirectoryFault', reason: 'died' } })
    expect(await idsOf(store, { search: 'of a' })).toEqual(['a'])
    await store.writer.save({ source: LEGACY, rows, askedAt: new Date(6) })
    expect(await store.reader.count([LEGACY], {})).toBe(501)
    expect(await store.reader.count([LEGACY], { createdAfter: new Date(0) })).toBe(501)
  })

  it('while it reads is replaced', async () => {
    const [store, workers] = await openWatched()
    const asked = idsOf(store, { search: 'a' })
    await Promise.all([expect(asked).rejects.toMatchObject({ reason: 'died' }), workers[1]?.terminate()])
    expect(await idsOf(store, { search: 'a' })).toEqual(['a'])
  })

  it('as a whole process, leaves every page that was saved, and a sweep to go on with', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'directory-process.ts'), path])
    let said = ''
    const enough = new Promise<void>((resolve) => {
      child.stdout.on('data', (text) => {
        said += String(text)
        if (said.split('\n').length > 30) resolve()
      })
    })
    await enough
    child.kill('SIGKILL')
    await once(child, 'exit')
    const saved = Number(said.trim().split('\n').at(-1))
    const store = await open()
    expect(movedAside).toEqual([])
    const { progress } = await store.writer.openSweep(LEGACY, new Date())
    expect(Number(progress)).toBeGreaterThanOrEqual(saved)
    const { known } = store.reader.knowledge(LEGACY)
    expect(known).toBe((Number(progress) + 1) * 100)
    const keys = [0, saved].map((page) => ({ source: LEGACY as IdentitySource, sourceId: `${page}-99` }))
    expect(store.reader.byKeys(keys)).toEqual([expect.anything(), expect.anything()])
    expect(store.reader.byKeys([{ source: LEGACY, sourceId: `${Number(progress) + 1}-0` }])).toEqual([undefined])
  })
})
