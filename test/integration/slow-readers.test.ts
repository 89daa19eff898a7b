import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_RETENTION } from '../../src/directory/store/change-retention.ts'
import { temporaryFile } from '../../src/directory/store/directory-file.ts'
import { openStore } from '../../src/directory/store/open-store.ts'
import { prepareFile } from '../../src/directory/store/schema.ts'
import { SlowReaders, type SlowReadersOptions } from '../../src/directory/store/slow-readers.ts'
import { WorkerClient } from '../../src/directory/store/worker-client.ts'
import { SqliteWriter } from '../../src/directory/store/writer.ts'
import type { AuditPart } from '../../src/identity/audit.ts'
import { account } from '../fixtures/accounts.ts'

const { signal } = new AbortController()
const left = new Error('has left')

/** A real worker that tells what became of each call. */
class WatchedWorker extends WorkerClient {
  readonly outcomes: string[] = []

  override async call<Result>(method: string, ...parameters: readonly unknown[]): Promise<Result> {
    const index = this.outcomes.push('asked') - 1
    try {
      const result = await super.call<Result>(method, ...parameters)
      this.outcomes[index] = 'answered'
      return result
    } catch (error) {
      this.outcomes[index] = (error as { reason: string }).reason
      throw error
    }
  }
}

/** A directory of its own for each worker: while it is locked, whatever is asked of the worker takes. */
class Place {
  readonly path: string
  readonly #database: DatabaseSync

  constructor(folder: string, name: string) {
    this.path = join(folder, name)
    this.#database = new DatabaseSync(this.path)
    prepareFile(this.#database)
  }

  async fill(count: number): Promise<void> {
    const source = 'LEGACY'
    const writer = new SqliteWriter(this.#database)
    const rows = Array.from({ length: count }, (_, at) => account({ source, sourceId: `u${at}`, role: 'standard' }))
    const { sweep } = await writer.openSweep(source, new Date(0))
    await writer.saveSweepPages([{ source, sweep, after: null, rows, askedAt: new Date(1), progress: 'x' }])
    await writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(2) })
  }

  lock(): void {
    this.#database.exec('BEGIN EXCLUSIVE')
  }

  unlock(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }

  close(): void {
    this.unlock()
    this.#database.close()
  }
}

let folder: string
/** The first one's place holds one account, the second one's two, so that an answer tells whose it is. */
let places: Place[]
let workers: WatchedWorker[]
let readers: SlowReaders

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slow-readers-'))
  places = ['first', 'second'].map((name) => new Place(folder, name))
  for (const [index, place] of places.entries()) await place.fill(index + 1)
  open({})
})

afterEach(async () => {
  for (const place of places) place.close()
  await readers.close()
  rmSync(folder, { recursive: true })
})

const SLOW_READER = { role: 'slowReader', durable: false, retention: DEFAULT_RETENTION } as const

function open(bounds: Partial<SlowReadersOptions>): void {
  workers = []
  const startWorker = (): WorkerClient => {
    const { path } = places[workers.length] as Place
    const worker = new WatchedWorker({ ...SLOW_READER, path })
    workers.push(worker)
    return worker
  }
  readers = new SlowReaders({ workers: 2, startWorker, ...bounds })
}

const COUNT = { method: 'count', parameters: [['LEGACY'], { role: 'standard' }], isLong: false }
const AUDIT = {
  method: 'audit',
  parameters: [{ sources: ['LEGACY'], emails: ['nobody@example.com'], limit: 5, parts: new Set(['missing']) }],
  isLong: true,
}
const count = async (asking: AbortSignal = signal): Promise<number> => readers.ask({ ...COUNT, signal: asking })
const audit = async (asking: AbortSignal = signal): Promise<object> => readers.ask({ ...AUDIT, signal: asking })
const lockBoth = (): void => {
  for (const place of places) place.lock()
}

describe('slow questions', () => {
  it('start no more workers than are needed at a time', async () => {
    expect(workers).toHaveLength(0)
    expect([await count(), await count()]).toEqual([1, 1])
    expect(workers).toHaveLength(1)
    expect(await Promise.all([count(), count()])).toEqual([1, 2])
    expect(workers).toHaveLength(2)
  })

  // One audit held up every search and every filtered page until it was through.
  it('go on beside a long one, behind which other long ones wait', async () => {
    places[0]?.lock()
    const audits = [audit(), audit(), audit()]
    let isAnyOver = false
    for (const each of audits) void each.then(() => (isAnyOver = true))
    expect([await count(), await count(), await count()]).toEqual([2, 2, 2])
    expect(isAnyOver).toBe(false)
    expect(workers.map(({ outcomes }) => outcomes)).toEqual([['asked'], ['answered', 'answered', 'answered']])
    places[0]?.unlock()
    expect(await Promise.all(audits)).toEqual(audits.map(() => expect.objectContaining({ missing: [0] })))
  })

  it('of those who left while they waited are never worked off', async () => {
    lockBoth()
    const [running, controller] = [[count(), count()], new AbortController()]
    const [leaving, staying] = [count(controller.signal), count()]
    controller.abort(left)
    await expect(leaving).rejects.toBe(left)
    for (const place of places) place.unlock()
    expect([...(await Promise.all(running)), await staying]).toEqual([1, 2, expect.any(Number)])
    expect(workers.flatMap(({ outcomes }) => outcomes)).toEqual(['answered', 'answered', 'answered'])
  })

  it('of those who left while it ran are dropped, with no further statement, and the worker is free only then', async () => {
    places[0]?.lock()
    const controller = new AbortController()
    const leaving = audit(controller.signal)
    // Takes the other worker: the next audit has to wait for the first one.
    expect(await count()).toBe(2)
    const next = audit()
    controller.abort(left)
    await expect(leaving).rejects.toBe(left)
    expect(workers[0]?.outcomes).toEqual(['asked'])
    expect(await count()).toBe(2)
    places[0]?.unlock()
    expect(await next).toMatchObject({ missing: [0] })
    expect(workers[0]?.outcomes[0]).toBe('given-up')
  })

  it('of those who had left before are not begun', async () => {
    await expect(count(AbortSignal.abort(left))).rejects.toBe(left)
    expect(workers).toHaveLength(0)
  })

  it('are refused where too many wait, long ones earlier, and room is for whoever comes when somebody has left', async () => {
    open({ maxWaiting: 3, maxLongWaiting: 1 })
    lockBoth()
    const controller = new AbortController()
    const asked = [audit(), count(), audit(controller.signal), count()]
    const outcomes = Promise.allSettled(asked)
    const busy = { name: 'DirectoryFault', reason: 'busy' }
    await expect(audit()).rejects.toMatchObject(busy)
    const third = count()
    await expect(count()).rejects.toMatchObject(busy)
    controller.abort(left)
    const late = audit()
    await expect(count()).rejects.toMatchObject(busy)
    for (const place of places) place.unlock()
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect([await third, await late]).toEqual([expect.any(Number), expect.objectContaining({ missing: [0] })])
  })
})

it('in a store, audits are the long ones', async () => {
  const started: unknown[] = []
  const watch = (worker: unknown): unknown => started.push(worker)
  const store = await openStore(temporaryFile(folder), () => {})
  process.on('worker', watch)
  try {
    const question = { sources: [], emails: [], limit: 0, parts: new Set<AuditPart>() }
    const nobody = { wholeSince: [], lacking: 0 }
    const ask = async () => store.reader.audit(question, { signal })
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([nobody, nobody, nobody])
    expect(started).toHaveLength(1)
    expect(await Promise.all([ask(), store.reader.count([], { search: 'x' }, { signal })])).toEqual([nobody, 0])
    expect(started).toHaveLength(2)
    await expect(store.reader.count([], { search: 'x' }, { signal: AbortSignal.abort(left) })).rejects.toBe(left)
  } finally {
    process.off('worker', watch)
    await store.close()
  }
})

it('what cannot be sent to a worker leaves nobody waiting for it', async () => {
  const worker = new WorkerClient({ ...SLOW_READER, path: String(places[0]?.path) })
  await expect(worker.call('count', () => {})).rejects.toThrow('could not be cloned')
  expect(worker.answeredCalls).toBe(1)
  await worker.close()
})

describe('closing', () => {
  it('waits for no question that runs, and tells those who wait', async () => {
    await Promise.all([count(), count()])
    lockBoth()
    const asked = [audit(), count(), count(), audit()].map(async (each) =>
      expect(each).rejects.toMatchObject({ name: 'DirectoryFault', reason: 'closed' }),
    )
    // Both are at it, and stay so.
    expect(workers.map(({ outcomes }) => outcomes.at(-1))).toEqual(['asked', 'asked'])
    await readers.close()
    await Promise.all(asked)
    expect(workers.map(({ outcomes }) => outcomes.at(-1))).toEqual(['closed', 'closed'])
    await expect(count()).rejects.toMatchObject({ reason: 'closed' })
  })

  it('lets the others close their files', async () => {
    await count()
    await readers.close()
    await expect(workers[0]?.call('count')).rejects.toMatchObject({ reason: 'closed' })
  })
})
