import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepareFile } from '../../src/directory/store/schema.ts'
import { SqliteReader } from '../../src/directory/store/sqlite-reader.ts'
import type { DirectoryReader } from '../../src/directory/store/store.ts'
import { createSyncedDirectory } from '../../src/directory/synced-directory.ts'
import { WrittenAccounts } from '../../src/directory/written-accounts.ts'
import { SqliteWriter } from '../../src/directory/store/writer.ts'
import type { PublicError } from '../../src/errors.ts'
import type { CursorKeys } from '../../src/identity/cursor.ts'
import type { IdentityDirectory, OpenDirectory } from '../../src/identity/identity-directory.ts'
import type { Identity } from '../../src/identity/identity.ts'
import { createLiveDirectory } from '../../src/identity/live-directory.ts'
import { AgingSource, AGING_FIELDS, BASE, type AgingField } from './aging-source.ts'

const RUNS = 200
const SIZE = 3
const CURSOR_KEYS: CursorKeys = () => ['a secret of a test that is long enough']

/** Making one takes longer than all that is asked of it. */
const emptyDirectory = (() => {
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  return database.serialize()
})()

/** A synced directory over such a source, whose syncing happens when the schedule says so. */
class Scene {
  readonly source = new AgingSource(SIZE)
  readonly #accounts = this.source.offset()
  readonly #writer: SqliteWriter
  readonly #open: OpenDirectory
  readonly #written: WrittenAccounts

  /** Of whom a write was lost last, and when. */
  readonly writtenAt = new Map<string, number>()

  constructor() {
    const database = new DatabaseSync(':memory:')
    database.deserialize(emptyDirectory)
    this.#writer = new SqliteWriter(database)
    const reader = new SqliteReader(database) as unknown as DirectoryReader
    const now = (): Date => new Date(BASE + this.source.time)
    const monotonicNow = (): number => this.source.time
    const cursorKeys = CURSOR_KEYS
    const live = createLiveDirectory({
      sources: [this.#accounts],
      cursorKeys,
      now,
      monotonicNow,
      onStateChange: () => {},
      onRecalled: () => {},
      predecessorOf: () => undefined,
      onCompleted: () => {},
    })
    const onFault = (error: unknown): void => {
      throw error
    }
    this.#written = new WrittenAccounts({ writer: this.#writer, now, monotonicNow, onFault })
    const state = { source: 'LEGACY', firstSweepWhole: true, completing: true, code: null }
    this.#open = createSyncedDirectory({
      openLive: live.openDirectory,
      configured: ['LEGACY'],
      sourceStates: live.sourceStates,
      cursorKeys,
      reader: { ...methodsOf(reader), page: async (...question) => reader.page(...question) },
      sync: { states: () => [state], whenFresh: async () => this.sweep() } as never,
      written: this.#written,
      now,
      monotonicNow,
      onFault,
    })
  }

  async sweep(): Promise<void> {
    const { source, sweep, startedAt } = {
      source: 'LEGACY' as const,
      ...(await this.#writer.restartSweep('LEGACY', this.#now)),
    }
    const askedAt = this.#now
    const { rows } = await this.#accounts.readPage({ page: 1, size: 100 }, {} as never)
    await this.#writer.saveSweepPages([{ source, sweep, rows, askedAt, after: null, progress: '' }])
    await this.#writer.closeSweep({ source, sweep, whole: true, closedAt: startedAt })
  }

  async readAnew(sourceId: string): Promise<void> {
    const askedAt = this.#now
    const found = await this.#accounts.readOne(sourceId, {} as never)
    await this.#writer.save({ source: 'LEGACY', rows: found ? [found] : [], askedAt })
  }

  /** A write of ours of which nobody learns whether it was done; it was. */
  writeBlindly(sourceId: string, field: AgingField, value: string): void {
    this.source.change(sourceId, field, value)
    this.writtenAt.set(sourceId, this.source.time)
    this.#written.take({ source: 'LEGACY', sourceId, identity: null, gone: false } as never)
    this.source.time++
  }

  open(maxAge: number | null): IdentityDirectory {
    const notBefore = maxAge === null ? -Infinity : this.source.time - maxAge
    return this.#open({ signal: new AbortController().signal, notBefore })
  }

  get #now(): Date {
    return new Date(BASE + this.source.time)
  }
}

function methodsOf(reader: DirectoryReader): DirectoryReader {
  const names = ['byKeys', 'byEmails', 'predecessor', 'knowledge', 'countLacking', 'restSince'] as const
  return Object.fromEntries(names.map((name) => [name, reader[name].bind(reader)])) as unknown as DirectoryReader
}

const who = fc.nat(SIZE - 1).map((index) => `u${index}`)
const value = fc.constantFrom('a', 'b', 'c')
const valueOf = (field: AgingField, letter: string): string => (field === 'email' ? `${letter}@a.com` : letter)
const field = fc.constantFrom(...AGING_FIELDS)
const step = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), who, field, value }),
  fc.record({ kind: fc.constant('blind' as const), who, field, value }),
  fc.record({ kind: fc.constant('sweep' as const) }),
  fc.record({ kind: fc.constant('read' as const), who }),
  fc.record({ kind: fc.constant('overtaken' as const), who, field, value }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(30) }),
)
const maxAge = fc.oneof(fc.constant(null), fc.nat(3), fc.nat(60))
const question = fc.record({
  maxAge,
  by: fc.constantFrom('id', 'email', 'role', 'holder', 'order', 'all'),
  who,
  value,
})

/** What the caller sees, as resolvers give it: a field that is lacking is completed. */
async function shown(directory: IdentityDirectory, identity: Identity, fields: readonly AgingField[]) {
  const values = fields.map(
    async (name) => (identity[name] === undefined ? await directory.complete(identity) : identity)[name],
  )
  const asOf = directory.asOf(identity)
  return { id: identity.sourceId, values: await Promise.all(values), asOf: (await asOf).getTime() - BASE }
}

describe('a directory whose lists carry five fields', () => {
  it('says nothing that was not true within the age that is asked for, nor since it says that it was', async () => {
    const seen = { answered: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(question, { minLength: 6, maxLength: 6 }),
        async (steps, questions) => {
          const scene = new Scene()
          await scene.sweep()
          for (const id of scene.source.ids) await scene.readAnew(id)
          const pause = Math.ceil(steps.length / questions.length) || 1
          const schedule = [...steps]
          for (const asked of questions) {
            for (const each of schedule.splice(0, pause)) await play(scene, each)
            const outcome = await ask(scene, asked)
            seen[outcome]++
          }
        },
      ),
      { numRuns: RUNS },
    )
    // A directory that refuses everything says nothing false either.
    expect(seen.answered).toBeGreaterThan(seen.refused)
    expect(seen.refused).toBeGreaterThan(0)
  }, 60_000)
})

async function play(scene: Scene, each: typeof step extends fc.Arbitrary<infer Step> ? Step : never): Promise<void> {
  if (each.kind === 'change') scene.source.change(each.who, each.field, valueOf(each.field, each.value))
  if (each.kind === 'blind') scene.writeBlindly(each.who, each.field, valueOf(each.field, each.value))
  if (each.kind === 'sweep') await scene.sweep()
  if (each.kind === 'read') await scene.readAnew(each.who)
  if (each.kind === 'overtaken') {
    scene.source.meanwhile = () => scene.source.change(each.who, each.field, valueOf(each.field, each.value))
    await scene.readAnew(each.who)
  }
  if (each.kind === 'wait') scene.source.time += each.ms
  scene.source.time++
}

type Asked = typeof question extends fc.Arbitrary<infer Question> ? Question : never

async function ask(scene: Scene, asked: Asked): Promise<'answered' | 'refused'> {
  const { source } = scene
  const began = source.time
  const directory = scene.open(asked.maxAge)
  const notBefore = asked.maxAge === null ? -Infinity : began - asked.maxAge
  // Whatever age is accepted: what a write of ours has changed, nobody is told as it was before.
  const from = (id: string): number => Math.max(notBefore, scene.writtenAt.get(id) ?? -Infinity)
  const found = await find(directory, asked).catch(asNotReady)
  if (!found) return 'refused'
  const filtered = { role: 'role', email: 'email', holder: 'email' }[asked.by as string] as AgingField | undefined
  const wanted = filtered && valueOf(filtered, asked.value)
  for (const id of filtered ? source.ids : []) {
    const values = source.valuesWithin(id, filtered as AgingField, from(id), source.time)
    const isFound = found.some(({ sourceId }) => sourceId === id)
    expect([id, isFound ? values.has(wanted) : [...values].some((each) => each !== wanted)]).toEqual([id, true])
  }
  for (const identity of found) {
    const { id, values, asOf } = await shown(directory, identity, AGING_FIELDS)
    for (const [index, name] of AGING_FIELDS.entries()) {
      // Nobody can say when within a call it was so: an answer is dated by when it came, which is a call's time later.
      const since = Math.max(from(id), asOf - 3)
      expect([name, ...source.valuesWithin(id, name, since, source.time)]).toContain(values[index])
    }
  }
  return 'answered'
}

function asNotReady(error: unknown): undefined {
  if ((error as PublicError).code !== 'DIRECTORY_NOT_READY') throw error
}

async function find(directory: IdentityDirectory, { by, who, value }: Asked): Promise<readonly Identity[]> {
  if (by === 'id') {
    const identity = await directory.identity({ source: 'LEGACY', sourceId: who }, AGING_FIELDS)
    return identity ? [identity] : []
  }
  if (by === 'holder') return directory.identitiesOf(valueOf('email', value))
  const filter = {
    source: 'LEGACY' as const,
    ...(by === 'all' || by === 'order' ? {} : { [by]: valueOf(by, value) }),
  }
  const orderBy = by === 'order' ? { field: 'EMAIL' as const, direction: 'ASC' as const } : null
  return (await directory.identities({ first: 10, filter, orderBy })).nodes
}
