import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DirectoryStore } from '../../src/directory/store/open-store.ts'
import type { Asker, DirectoryPageQuestion } from '../../src/directory/store/store.ts'
import type { Identity, IdentitySource } from '../../src/identity/identity.ts'
import { account, listed } from '../fixtures/accounts.ts'
import { FIRST_OF_LEGACY, StoreFolder } from '../fixtures/store-folder.ts'

const LEGACY = 'LEGACY' satisfies IdentitySource
/** Of somebody who stays. */
const { signal } = new AbortController()

let place: StoreFolder
let path: string
let movedAside: string[]
let open: StoreFolder['open']

beforeEach(() => {
  place = new StoreFolder()
  ;({ path, movedAside, open } = place)
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
  const page = await store.reader.page({ ...FIRST_OF_LEGACY, filter }, { signal })
  return page.rows.map(({ identity }) => identity.sourceId)
}

describe('a store', () => {
  it('shows at once what was written, to quick questions and to slow ones', async () => {
    const store = await open()
    await fill(store, ['a', 'b'])
    expect(await idsOf(store)).toEqual(['a', 'b'])
    expect(await idsOf(store, { search: 'b' })).toEqual(['b'])
    expect(await store.reader.count([LEGACY], { role: 'standard' }, { signal })).toBe(2)
    const changed = account({ source: LEGACY, sourceId: 'a', role: 'admin', email: 'new@example.com' })
    await store.writer.save({ source: LEGACY, rows: [changed], askedAt: new Date(5) })
    expect(store.reader.byEmails(['new@example.com'], [LEGACY])[0]).toEqual([changed])
    expect(await idsOf(store, { role: 'standard' })).toEqual(['b'])
    expect(
      (await store.reader.page({ ...FIRST_OF_LEGACY, filter: { role: 'admin' } }, { signal })).rows[0]?.identity,
    ).toEqual(changed)
  })

  it('reads nothing again that it has read since the last writing, and all of it after the next', async () => {
    const store = await open()
    await fill(store, ['a'])
    const key = { source: LEGACY, sourceId: 'a' } as const
    const read = () => store.reader.byKeys([key])[0]
    const kept = read()
    expect(kept?.role).toBe('standard')
    expect(read()).toBe(kept)
    const rows = [account({ ...key, role: 'admin' })]
    const saved = store.writer.save({ source: LEGACY, rows, askedAt: new Date(5) })
    // By now it may be in the file or not.
    expect(read()).not.toBe(kept)
    await saved
    expect(read()?.role).toBe('admin')
    expect(read()).toBe(read())
    expect(store.reader.knowledge(LEGACY).whole?.closedAt).toEqual(new Date(2))
    const { sweep } = await store.writer.openSweep(LEGACY, new Date(6))
    await store.writer.closeSweep({ source: LEGACY, sweep, whole: true, closedAt: new Date(7) })
    expect(store.reader.knowledge(LEGACY).whole?.closedAt).toEqual(new Date(7))
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
    await expect(store.reader.page(FIRST_OF_LEGACY, { signal })).rejects.toMatchObject(unready)
    await expect(store.reader.page({ ...FIRST_OF_LEGACY, filter: { search: 'x' } }, { signal })).rejects.toMatchObject(
      unready,
    )
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
    expect(await store.reader.count([LEGACY], {}, { signal })).toBe(1001)
  })

  it('looks at the signal of its asker only where somebody has to wait', async () => {
    const store = await open()
    await fill(store, ['a'])
    const looked = vi.fn<() => AbortSignal>(() => signal)
    const asker = Object.defineProperty({}, 'signal', { get: looked }) as Asker
    await store.reader.page(FIRST_OF_LEGACY, asker)
    await store.reader.count([LEGACY], {}, asker)
    expect(looked).not.toHaveBeenCalled()
    await store.reader.count([LEGACY], { search: 'a' }, asker)
    expect(looked).toHaveBeenCalledOnce()
  })

  it('that is closed answers no more, and can be closed again', async () => {
    const store = await open()
    await store.close()
    await store.close()
    await expect(store.writer.openSweep(LEGACY, new Date())).rejects.toMatchObject({ reason: 'closed' })
    await expect(store.reader.count([LEGACY], { search: 'x' }, { signal })).rejects.toMatchObject({ reason: 'closed' })
    expect(() => store.reader.byKeys([{ source: LEGACY, sourceId: 'a' }])).toThrow('closed')
  })
})

describe('what dies', () => {
  async function openWatched(): Promise<[DirectoryStore, Worker[]]> {
    const workers: Worker[] = []
    const watch = (worker: Worker): unknown => workers.push(worker)
    process.on('worker', watch)
    const store = await open()
    await fill(store, ['a'])
    await store.reader.count([LEGACY], { search: 'a' }, { signal })
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
    expect(await store.reader.count([LEGACY], {}, { signal })).toBe(501)
    expect(await store.reader.count([LEGACY], { createdAfter: new Date(0) }, { signal })).toBe(501)
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
