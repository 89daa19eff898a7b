import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepareFile } from '../../src/directory/store/schema.ts'
import { SqliteReader } from '../../src/directory/store/sqlite-reader.ts'
import type { DirectoryOrder, DirectoryPageQuestion } from '../../src/directory/store/store.ts'
import { SqliteWriter } from '../../src/directory/store/writer.ts'
import {
  CARRIED_FIELDS,
  missingFields,
  SOURCES,
  type Identity,
  type IdentitySource,
} from '../../src/identity/identity.ts'
import { fewParts, identity, order, sources, write, type Write } from './directory-arbitraries.ts'
import { DirectoryModel, keyOf } from './directory-model.ts'

/** Each run fills a directory and asks it many questions; a busy machine needs long for all of them. */
const RUNS = 50
const TIMEOUT_MS = 120_000

/** Making one takes longer than all that is asked of it. */
const emptyDirectory = (() => {
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  return database.serialize()
})()

class Directory {
  readonly model = new DirectoryModel()
  readonly writer: SqliteWriter
  readonly reader: SqliteReader
  #clock = 0
  /** Of each account, when its fields were read, in milliseconds. */
  readonly #readAt = new Map<string, Map<string, number>>()

  /** @param maxSorted 0: nothing is sorted, all is found along the order. */
  constructor(maxSorted: number) {
    const database = new DatabaseSync(':memory:')
    database.deserialize(emptyDirectory)
    this.writer = new SqliteWriter(database)
    this.reader = new SqliteReader(database, { maxSorted })
  }

  async makeReady(): Promise<void> {
    for (const source of SOURCES) {
      const { sweep } = await this.writer.openSweep(source, new Date(0))
      await this.writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(0) })
    }
  }

  async write({ kind, identity }: Write): Promise<void> {
    const askedAt = new Date(++this.#clock)
    const { source, sourceId, id } = identity
    const before = this.model.accounts.get(id)
    if (kind === 'remove') {
      await this.writer.remove(source, [sourceId], askedAt)
      this.model.accounts.delete(id)
      this.#readAt.delete(id)
      return
    }
    await this.writer.save({ source, rows: [{ ...identity, asOf: askedAt }], askedAt })
    const carried = Object.entries(identity).filter(([, value]) => value !== undefined)
    const asOf = this.#asOf(id, missingFields(identity))
    this.model.accounts.set(id, { ...(before ?? identity), ...Object.fromEntries(carried), asOf })
  }

  /** It is as old as the oldest of it. */
  #asOf(id: string, lacking: readonly string[]): Date {
    const before = [...(this.#readAt.get(id) ?? [])].filter(([field]) => lacking.includes(field))
    const rest = Math.min(...before.map(([, at]) => at))
    const all = CARRIED_FIELDS.filter((field) => !lacking.includes(field)).map((field) => [field, this.#clock] as const)
    this.#readAt.set(id, new Map([...before, ...all]))
    return new Date(before.length > 0 ? rest : this.#clock)
  }
}

async function filled(writes: readonly Write[], readyAfter: number, maxSorted: number): Promise<Directory> {
  const directory = new Directory(maxSorted)
  for (const each of writes.slice(0, readyAfter)) await directory.write(each)
  await directory.makeReady()
  for (const each of writes.slice(readyAfter)) await directory.write(each)
  return directory
}

const history = fc.tuple(fc.array(write, { maxLength: 40 }), fc.nat(40), fc.constantFrom(0, 3, 20_000))

/** Walks to the end, or from the end to the start, and gives each page's ids. */
async function walk(
  reader: SqliteReader,
  question: Omit<DirectoryPageQuestion, 'after' | 'before'>,
  between: () => Promise<void> = async () => undefined,
): Promise<string[][]> {
  const pages: string[][] = []
  for (let at: DirectoryPageQuestion['after']; ;) {
    const page = reader.page({ ...question, [question.take === 'first' ? 'after' : 'before']: at })
    pages.push(page.rows.map((row) => row.identity.id))
    at = (question.take === 'first' ? page.rows.at(-1) : page.rows[0])?.position
    if (!page.more) return question.take === 'first' ? pages : pages.toReversed()
    await between()
  }
}

describe('a directory that was written to at random', () => {
  it(
    'answers pages, walks and counts like a plain list',
    async () => {
      const question = fc.record({
        sources,
        filter: fewParts,
        order,
        count: fc.integer({ min: 1, max: 8 }),
        take: fc.constantFrom('first', 'last'),
      })
      await fc.assert(
        fc.asyncProperty(history, fc.array(question, { minLength: 10, maxLength: 10 }), async (past, questions) => {
          const { model, reader } = await filled(...past)
          for (const asked of questions) {
            const expected = model.list(asked.sources, asked.filter, asked.order).map(({ id }) => id)
            expect((await walk(reader, asked)).flat()).toEqual(expected)
            expect(reader.count(asked.sources, asked.filter)).toBe(expected.length)
          }
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )

  it(
    'answers between any two places, whether anybody stands there or not',
    async () => {
      const question = fc.record({
        sources: fc.constant(SOURCES),
        filter: fewParts,
        order,
        count: fc.nat(8),
        take: fc.constantFrom('first', 'last'),
      })
      const places = fc.tuple(fc.option(identity, { nil: undefined }), fc.option(identity, { nil: undefined }))
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.array(fc.tuple(question, places), { minLength: 10, maxLength: 10 }),
          async (past, asked) => {
            const { model, reader } = await filled(...past)
            for (const [question, [after, before]] of asked) {
              const position = (at: Identity | undefined) =>
                at && { source: at.source, sourceId: at.sourceId, key: keyOf(at, question.order) }
              const page = reader.page({ ...question, after: position(after), before: position(before) })
              const found = { ids: page.rows.map((row) => row.identity.id), more: page.more }
              expect(found).toEqual(model.page(question, { after, before }))
            }
          },
        ),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )

  it(
    'gives all that is known of an account, by its key and by its address',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (past) => {
          const { model, reader } = await filled(...past)
          const all = [...model.accounts.values()]
          expect(reader.byKeys([...all, { source: 'LEGACY', sourceId: 'nobody' }])).toEqual([...all, undefined])
          const emails = [...new Set(all.map(({ email }) => email?.trim().toLowerCase() || 'nobody'))]
          const order: DirectoryOrder = { field: 'BY_SOURCE', direction: 'ASC' }
          const holders = emails.map((email) =>
            model.list(SOURCES, { email }, order).toSorted((a, b) => rank(a) - rank(b) || (keyLess(a, b) ? -1 : 1)),
          )
          expect(reader.byEmails(emails, SOURCES)).toEqual(holders)
          for (const source of SOURCES) {
            expect(reader.knowledge(source).known).toBe(all.filter((each) => each.source === source).length)
            const lacking = all.filter(
              (each) => each.source === source && (each.role === undefined || each.email === undefined),
            )
            expect(reader.countLacking(source, ['role', 'email'])).toBe(lacking.length)
          }
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )

  it(
    'shows each account once in a walk while others come, go and change',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.array(write, { maxLength: 60 }),
          order,
          fc.constantFrom('first', 'last'),
          fc.integer({ min: 1, max: 4 }),
          async (past, later, order, take, count) => {
            const directory = await filled(...past)
            const touched = new Set(later.map((each) => each.identity.id))
            const untouched = directory.model
              .list(SOURCES, {}, order)
              .map(({ id }) => id)
              .filter((id) => !touched.has(id))
            const writes = [...later]
            const pages = await walk(
              directory.reader,
              { sources: SOURCES, filter: {}, order, take, count },
              async () => {
                for (const each of writes.splice(0, 3)) await directory.write(each)
              },
            )
            expect(pages.flat().filter((id) => !touched.has(id))).toEqual(untouched)
          },
        ),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )
})

function rank({ source }: { readonly source: IdentitySource }): number {
  return SOURCES.indexOf(source)
}

function keyLess(a: Identity, b: Identity): boolean {
  return Buffer.compare(Buffer.from(a.sourceId), Buffer.from(b.sourceId)) < 0
}
