import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { prepareFile } from '../../src/directory/store/schema.ts'
import { SqliteReader } from '../../src/directory/store/sqlite-reader.ts'
import { SqliteWriter } from '../../src/directory/store/writer.ts'
import { AUDIT_PARTS, toAuditQuestion } from '../../src/identity/audit.ts'
import { SOURCES, type Identity, type IdentitySource } from '../../src/identity/identity.ts'
import { sources, write, type Write } from './directory-arbitraries.ts'

/** Each run fills a directory; a busy machine needs long for all of them. */
const RUNS = 100
const TIMEOUT_MS = 120_000

/** Making one takes longer than all that is asked of it. */
const emptyDirectory = (() => {
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  return database.serialize()
})()

interface Directory {
  readonly accounts: ReadonlyMap<string, Identity>
  readonly reader: SqliteReader
}

/** @param readyAfter so many writes come before the indexes are built, the others after. */
async function filled(writes: readonly Write[], readyAfter: number): Promise<Directory> {
  const database = new DatabaseSync(':memory:')
  database.deserialize(emptyDirectory)
  const writer = new SqliteWriter(database)
  const accounts = new Map<string, Identity>()
  let clock = 0
  const make = async ({ kind, identity }: Write): Promise<void> => {
    const { source, sourceId, id } = identity
    const askedAt = new Date(++clock)
    if (kind === 'remove') {
      await writer.remove(source, [sourceId], askedAt)
      accounts.delete(id)
      return
    }
    await writer.save({ source, rows: [{ ...identity, asOf: askedAt }], askedAt })
    const carried = Object.entries(identity).filter(([, value]) => value !== undefined)
    accounts.set(id, { ...(accounts.get(id) ?? identity), ...Object.fromEntries(carried) })
  }
  for (const each of writes.slice(0, readyAfter)) await make(each)
  for (const [index, source] of SOURCES.entries()) {
    const { sweep } = await writer.openSweep(source, new Date(1_000 + index))
    await writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(2_000) })
  }
  for (const each of writes.slice(readyAfter)) await make(each)
  return { accounts, reader: new SqliteReader(database) }
}

/** The same audit, of everybody one by one. */
function auditOneByOne(
  accounts: readonly Identity[],
  asked: readonly IdentitySource[],
  given: readonly string[],
  limit: number,
) {
  const people = accounts.filter(({ source }) => asked.includes(source))
  const active = people.filter(({ status }) => status === 'ACTIVE')
  const expected = new Set(given.map(plain))
  const orphans = active.filter(({ email }) => plain(email) !== '' && !expected.has(plain(email)))
  // An address that nobody has told may be there, or not.
  const withoutEmail = active.filter(({ email }) => email !== undefined && plain(email) === '')
  const held = (source?: IdentitySource) =>
    new Set(people.filter((each) => source === undefined || each.source === source).map(({ email }) => plain(email)))
  const missing = given.filter(
    (email, index) => !held().has(plain(email)) && given.findIndex((each) => plain(each) === plain(email)) === index,
  )
  const several = [...held('LEGACY')].filter((email) => email !== '' && held('SITE_PARTNER').has(email))
  return {
    orphanCount: orphans.length,
    orphans: orphans
      .toSorted((a, b) => bySource(a, b) || byText(plain(a.email), plain(b.email)) || byText(a.sourceId, b.sourceId))
      .slice(0, limit)
      .map(({ id }) => id),
    withoutEmailCount: withoutEmail.length,
    withoutEmail: withoutEmail
      .toSorted((a, b) => bySource(a, b) || byText(a.sourceId, b.sourceId))
      .slice(0, limit)
      .map(({ id }) => id),
    missingCount: missing.length,
    missing: missing.slice(0, limit),
    inSeveralSourcesCount: several.length,
    inSeveralSources: several.toSorted(byText).slice(0, limit),
    lacking: people.filter(({ email, status }) => email === undefined || status === undefined).length,
  }
}

const plain = (email: string | null | undefined): string => (email ?? '').trim().toLowerCase()
const bySource = (a: Identity, b: Identity): number => SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source)
const byText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const addresses = fc.array(
  fc.constantFrom('ann@a.com', 'ANN@a.com ', 'Eva@B.com', 'Éva@b.com', '𐐀@a.com', '\uffee@A.com', 'new@a.com', 'Z@z'),
  { maxLength: 8, size: 'max' },
)

it('an audit finds what one finds who looks at everybody one by one', { timeout: TIMEOUT_MS }, async () => {
  const question = fc.record({
    sources: fc.option(sources),
    activeEmails: addresses,
    limit: fc.oneof(fc.nat(5), fc.constant(1_000)),
    names: fc.oneof(fc.constant([...AUDIT_PARTS]), fc.subarray([...AUDIT_PARTS])),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(write, { maxLength: 60, size: 'max' }),
      fc.nat(60),
      fc.array(question, { minLength: 5, maxLength: 5 }),
      async (writes, readyAfter, questions) => {
        const { accounts, reader } = await filled(writes, readyAfter)
        for (const { names, ...input } of questions) {
          const { spellings, sources: named, ...asked } = toAuditQuestion(input, new Set(names))
          const audited = named ?? SOURCES
          const { lacking, wholeSince, orphans, withoutEmail, missing, ...found } = reader.audit({
            ...asked,
            sources: audited,
          })
          const expected = auditOneByOne([...accounts.values()], audited, input.activeEmails, input.limit)
          const selected = Object.fromEntries(
            Object.entries(expected).filter(([name]) => names.includes(name as never)),
          )
          expect({
            ...found,
            ...(orphans && { orphans: orphans.map(({ id }) => id) }),
            ...(withoutEmail && { withoutEmail: withoutEmail.map(({ id }) => id) }),
            ...(missing && { missing: missing.map((at) => spellings[at]) }),
          }).toEqual(selected)
          expect(lacking).toBe(expected.lacking)
          expect(wholeSince).toEqual(audited.map((source) => new Date(1_000 + SOURCES.indexOf(source))))
          // Whoever is shown is shown as they are.
          for (const each of [...(orphans ?? []), ...(withoutEmail ?? [])]) {
            expect({ ...each, asOf: null }).toEqual({ ...accounts.get(each.id), asOf: null })
          }
        }
      },
    ),
    { numRuns: RUNS },
  )
})
