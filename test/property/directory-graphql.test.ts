import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DirectoryFilter, DirectoryOrder } from '../../src/directory/store/store.ts'
import { SOURCES, type IdentitySource } from '../../src/identity/identity.ts'
import type { Subgraph } from '../e2e/subgraph.ts'
import { startSynced } from '../e2e/synced.ts'
import { account } from '../fixtures/accounts.ts'
import { DirectoryModel } from './directory-model.ts'

/** Each run changes both upstreams and asks for a walk in each direction. */
const RUNS = 10
const TIMEOUT_MS = 180_000

const WALK = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: IdentityFilter, $orderBy: IdentityOrder) {
  identities(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

let subgraph: Subgraph
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
  subgraph = await startSynced({
    simulator: { people: { legacy: 60, sitePartner: 50, shared: 20 } },
    variables: { LEGACY_WRITES: 'on', SITE_PARTNER_WRITES: 'on', AUDIT_LOG: join(folder, 'audit.log') },
  })
})
afterAll(async () => {
  await subgraph.close()
  rmSync(folder, { recursive: true })
})

const instant = fc
  .integer({ min: Date.UTC(2019, 0), max: Date.UTC(2024, 0) })
  .map((time) => new Date(time - (time % 1000)))
const filter: fc.Arbitrary<DirectoryFilter> = fc
  .tuple(
    fc.record({
      search: fc.constantFrom('a', 'jo', 'ana', 'x'),
      status: fc.subarray(['ACTIVE', 'INACTIVE', 'ARCHIVED', 'UNKNOWN'] as const),
      role: fc.constantFrom('standard', 'admin'),
      emailDomain: fc.constantFrom('example.com', 'example.org'),
      createdAfter: instant,
      createdBefore: instant,
      updatedAfter: instant,
    }),
    fc.subarray(['search', 'status', 'role', 'emailDomain', 'createdAfter', 'createdBefore', 'updatedAfter'] as const, {
      maxLength: 2,
    }),
  )
  .map(([all, parts]) => Object.fromEntries(parts.map((part) => [part, all[part]])))
const order = fc.option(
  fc.record({
    field: fc.constantFrom('CREATED_AT', 'UPDATED_AT', 'EMAIL', 'NAME'),
    direction: fc.constantFrom('ASC', 'DESC'),
  }),
) as fc.Arbitrary<DirectoryOrder | null>
const change = fc.record({
  kind: fc.constantFrom('insert', 'update', 'remove', 'write'),
  source: fc.constantFrom(...SOURCES),
  at: fc.nat(40),
  name: fc.constantFrom('Éva', 'Jo Ann', null, 'Xavier', 'ana'),
})
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

/** What somebody else does at the upstream, or we do through a mutation. */
async function make({ kind, source, at, name }: Change): Promise<void> {
  const { legacy, sitePartner } = subgraph.simulator
  const id = source === 'LEGACY' ? legacy.people.list()[at + 15]?.user_id : sitePartner.people.list()[at + 5]?.id
  if (id === undefined) return
  if (kind === 'write') {
    const prefix = source === 'LEGACY' ? 'legacy' : 'site-partner'
    const mutation = 'mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { outcome } }'
    await subgraph.ask(mutation, { input: { id: `${prefix}:${id}`, firstName: name ?? 'Written' } })
  } else if (source === 'LEGACY') {
    if (kind === 'insert') legacy.people.insert({ firstname: name ?? 'Io', email: `${Math.random()}@example.org` }, at)
    else if (kind === 'remove') legacy.people.remove(id)
    else legacy.people.update(id, { firstname: name, role: 'admin' })
  } else if (kind === 'insert') sitePartner.people.insert({ firstName: name })
  else if (kind === 'remove') sitePartner.people.remove(id)
  else sitePartner.people.update(id, { firstName: name })
}

const STATUSES: Readonly<Record<string, 'ACTIVE' | 'INACTIVE'>> = { active: 'ACTIVE', inactive: 'INACTIVE' }

/** Both upstreams as they are now. */
function model(): DirectoryModel {
  const { legacy, sitePartner } = subgraph.simulator
  const made = new DirectoryModel()
  const accounts = [
    ...legacy.people.list().map((person) =>
      account({
        source: 'LEGACY',
        sourceId: person.user_id,
        email: person.email,
        firstName: person.firstname,
        lastName: person.lastname,
        status: STATUSES[person.status.toLowerCase()] ?? 'UNKNOWN',
        role: person.role,
        createdAt: wholeSeconds(person.created_at),
        updatedAt: wholeSeconds(person.updated_at),
      }),
    ),
    ...sitePartner.people.list().map((person) =>
      account({
        source: 'SITE_PARTNER',
        sourceId: person.id,
        email: person.email,
        firstName: person.firstName,
        lastName: person.lastName,
        status: person.isArchived ? 'ARCHIVED' : 'ACTIVE',
        createdAt: wholeSeconds(person.createdAt),
        updatedAt: wholeSeconds(person.updatedAt),
      }),
    ),
  ]
  for (const each of accounts) made.accounts.set(each.id, each)
  return made
}

/** The upstreams tell no fractions of a second. */
function wholeSeconds(text: string): string {
  return `${text.slice(0, 19)}Z`
}

async function walk(question: Record<string, unknown>, size: number, backwards: boolean) {
  const ids: string[] = []
  let cursor: string | null = null
  for (;;) {
    const window = backwards ? { last: size, before: cursor } : { first: size, after: cursor }
    const { data, errors }: any = await subgraph.ask(WALK, { ...question, ...window })
    if (errors) throw new Error(JSON.stringify(errors))
    const { nodes, pageInfo, totalCount } = data.identities
    const page: string[] = nodes.map(({ id }: { id: string }) => id)
    const [ahead, behind] = backwards
      ? [pageInfo.hasPreviousPage, pageInfo.hasNextPage]
      : [pageInfo.hasNextPage, pageInfo.hasPreviousPage]
    // On the side from which the walk came there is somebody, as soon as it has passed anybody.
    expect(behind).toBe(cursor !== null)
    if (backwards) ids.unshift(...page)
    else ids.push(...page)
    if (!ahead) return { ids, totalCount }
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor
  }
}

it(
  'whatever is filtered and ordered, both directions of the walk and the total are those of the upstreams',
  { timeout: TIMEOUT_MS },
  async () => {
    const question = fc.tuple(
      filter,
      order,
      fc.subarray([...SOURCES], { minLength: 1 }),
      fc.integer({ min: 9, max: 70 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 3 }),
        fc.array(question, { minLength: 4, maxLength: 4 }),
        async (changes, questions) => {
          for (const each of changes) await make(each)
          await subgraph.whenSynced()
          const upstreams = model()
          for (const [parts, orderBy, sources, size] of questions) {
            const source: IdentitySource | undefined = sources.length === 1 ? sources[0] : undefined
            const expected = upstreams
              .list(sources, parts, orderBy ?? { field: 'BY_SOURCE', direction: 'ASC' })
              .map(({ id }) => id)
            const asked = { filter: { ...parts, source }, orderBy }
            for (const backwards of [false, true]) {
              expect(await walk(asked, size, backwards)).toEqual({ ids: expected, totalCount: expected.length })
            }
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    )
  },
)
