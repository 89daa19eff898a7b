import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_RETENTION } from '../../src/directory/store/change-retention.ts'
import { persistentFile, temporaryFile, type DirectoryFile } from '../../src/directory/store/directory-file.ts'
import type { DirectoryStore } from '../../src/directory/store/open-store.ts'
import { openRenewableStore } from '../../src/directory/store/renewable-store.ts'
import type { ProvisionEntry } from '../../src/identity/writes/provision-ledger.ts'
import { account } from '../fixtures/accounts.ts'

const source = 'LEGACY'
const PAUSE_MS = 600_000

let folder: string
let path: string
let time: number
let told: string[]
let faults: unknown[]
let store: DirectoryStore

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'renewable-test-'))
  path = join(folder, 'directory.db')
  time = 0
  told = []
  faults = []
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

async function open(file: DirectoryFile = persistentFile(path)): Promise<void> {
  store = await openRenewableStore(file, {
    retention: DEFAULT_RETENTION,
    now: () => new Date(time),
    monotonicNow: () => time,
    onMovedAside: (reason) => void told.push(`aside: ${reason}`),
    onRenewed: () => void told.push('renewed'),
    onFault: (error) => void faults.push(error),
  })
}

async function fill(count = 3): Promise<void> {
  const { sweep } = await store.writer.openSweep(source, new Date(1))
  const rows = Array.from({ length: count }, (_, n) =>
    account({ source, sourceId: `u${n}`, lastName: 'x'.repeat(500) }),
  )
  await store.writer.saveSweepPages([{ source, sweep, rows, askedAt: new Date(1), after: null, progress: '' }])
  await store.writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(2) })
}

/** As a bad disk does it: everything behind the header is another thing than before. */
function damage(): void {
  const file = openSync(path, 'r+')
  const { size } = statSync(path)
  for (let at = 4096; at < size; at += 4096) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at)
  closeSync(file)
}

/** All of the file, with nothing in a log or in anybody's memory. */
async function reopened(count?: number): Promise<void> {
  await open()
  await fill(count)
  await store.close()
  await open()
}

/** A busy machine takes its time to start a worker. */
const until = async (expectation: () => void) => vi.waitFor(expectation, 15_000)

const known = (): unknown => {
  try {
    return store.reader.knowledge(source).known
  } catch (error) {
    return (error as { reason: string }).reason
  }
}

describe('a file that turns out to be damaged while it is used', () => {
  it('is put aside and begun anew, whoever notices it', async () => {
    await reopened()
    damage()
    expect(known()).toBe('corrupt')
    expect(known()).toBe('lost')
    await expect(store.writer.save({ source, rows: [], askedAt: new Date(3) })).rejects.toMatchObject({
      reason: 'lost',
    })
    await until(() => expect(told).toEqual(['aside: corrupt', 'renewed']))
    expect(store.reader.knowledge(source)).toEqual({ ready: false, known: 0, whole: null })
    await fill()
    expect(store.reader.knowledge(source)).toMatchObject({ ready: true, known: 3 })
    expect(readdirSync(folder)).toContain('directory.db.corrupt-1')
    expect(faults).toEqual([])
  })

  it('takes the sweep that was under way with it: no page of it counts in the new one', async () => {
    await reopened()
    const { sweep } = await store.writer.openSweep(source, new Date(10))
    damage()
    known()
    await until(() => expect(told).toContain('renewed'))
    const page = { source, sweep, rows: [], askedAt: new Date(11), after: 'u1', progress: '' } as const
    await expect(store.writer.saveSweepPages([page])).rejects.toMatchObject({ reason: 'lost' })
    const closing = store.writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(12) })
    await expect(closing).rejects.toMatchObject({ reason: 'lost' })
    expect(store.reader.knowledge(source).ready).toBe(false)
  })
})

describe('what was asked for before the file was renewed', () => {
  it('is not kept by the new one: what a write of ours left since then is not in it', async () => {
    await reopened()
    time = 20
    damage()
    known()
    await until(() => expect(told).toContain('renewed'))
    const save = async (askedAt: number) =>
      store.writer.save({ source, rows: [account({ source, sourceId: 'u1' })], askedAt: new Date(askedAt) })
    await expect(save(19)).rejects.toMatchObject({ reason: 'lost' })
    expect(await save(20)).toMatchObject({ added: 1 })
  })
})

describe('creations that were begun', () => {
  it('are known to the new file as well, but for those that are known not to have happened', async () => {
    await reopened()
    const entry = (startedAt: number): ProvisionEntry => ({ asked: 'digest', state: { kind: 'POSTED' }, startedAt })
    const { provisions } = store
    for (const [key, startedAt] of [
      ['lost on its way', 5],
      ['refused', 6],
    ] as const) {
      await provisions.saveProvision(key, entry(startedAt), startedAt, 10)
    }
    await provisions.removeProvision('refused')
    damage()
    known()
    await until(() => expect(told).toContain('renewed'))
    expect(await provisions.findProvision('lost on its way', 7)).toEqual(entry(5))
    expect(await provisions.findProvision('refused', 7)).toBeUndefined()
  })
})

describe('a file that is taken away while it is used', () => {
  it('is made anew with the next sweep', async () => {
    await open()
    await fill()
    for (const name of readdirSync(folder)) if (!name.endsWith('-lock')) rmSync(join(folder, name))
    await expect(store.writer.openSweep(source, new Date(5))).rejects.toMatchObject({ reason: 'lost' })
    await until(() => expect(told).toEqual(['aside: lost', 'renewed']))
    await fill()
    expect(known()).toBe(3)
    expect(existsSync(path)).toBe(true)
  })

  it('is made anew once in ten minutes, then once in twenty: until then it is used as it is', async () => {
    await open()
    const lose = async (): Promise<string> => {
      rmSync(path, { force: true })
      const before = told.length
      const outcome = await store.writer.openSweep(source, new Date(5)).then(
        () => 'used',
        ({ reason }) => reason as string,
      )
      const isRenewed = (): boolean => told.slice(before).includes('renewed')
      if (outcome !== 'lost') return outcome
      while (!isRenewed()) await setImmediate()
      return outcome
    }
    const outcomes: string[] = []
    for (const wait of [0, PAUSE_MS - 1, 1, 2 * PAUSE_MS - 1, 1]) {
      time += wait
      outcomes.push(await lose())
    }
    expect(outcomes).toEqual(['lost', 'used', 'lost', 'used', 'lost'])
  })

  it('is made anew in a new folder, if that is gone too', async () => {
    const file = temporaryFile(folder)
    await open(file)
    await fill()
    rmSync(dirname(file.path), { recursive: true })
    await expect(store.writer.openSweep(source, new Date(5))).rejects.toMatchObject({ reason: 'lost' })
    await until(() => expect(told).toEqual(['aside: lost', 'renewed']))
    await fill()
    expect(known()).toBe(3)
    expect((statSync(dirname(file.path)).mode & 0o777).toString(8)).toBe('700')
  })
})

describe('a large file', () => {
  it('tells nothing until it was looked through', async () => {
    await reopened(60_000)
    expect(statSync(path).size).toBeGreaterThan(32 * 1024 * 1024)
    expect(store.reader.knowledge(source)).toMatchObject({ ready: false })
    expect(store.reader.byKeys([{ source, sourceId: 'u1' }])).toEqual([undefined])
    await until(() => expect(known()).toBe(60_000))
    expect(store.reader.byKeys([{ source, sourceId: 'u1' }])[0]?.sourceId).toBe('u1')
    expect(told).toEqual([])
  }, 60_000)
})
