import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createUpstreams, type Upstreams } from '../../src/app/upstreams.ts'
import { TIMING } from '../../src/timing.ts'
import { readConfig } from '../../src/config.ts'
import { PublicError } from '../../src/errors.ts'
import type { AccountSource, Page, ReadScope } from '../../src/identity/account-source.ts'
import type { Identity } from '../../src/identity/identity.ts'
import { startSimulator, type Fault, type Simulator } from '../simulator/simulator.ts'

/** How each upstream spells what the contract is about. */
interface Dialect {
  readonly source: 'LEGACY' | 'SITE_PARTNER'
  readonly list: string
  readonly people: () => readonly { id: string }[]
  /** A page of the list's rows, from the start. */
  readonly firstPage: (source: AccountSource, size: number, scope?: ReadScope) => Promise<Page | null>
  readonly addFault: (fault: Fault) => void
  readonly calls: () => number
  /** List answers that break the contract. */
  readonly broken: readonly unknown[]
  /** A list answer with one row that carries nothing but its id, and one where all is null. */
  readonly bare: unknown
  /** The fields that `bare` leaves out in its first row and nulls in its second. */
  readonly bareFields: readonly (keyof Identity)[]
}

let simulator: Simulator
let sources: Upstreams
const live = (signal = new AbortController().signal): ReadScope => ({ signal, notBefore: Number.NEGATIVE_INFINITY })

const LEGACY: Dialect = {
  source: 'LEGACY',
  list: 'GET /user',
  people: () => simulator.legacy.people.list().map((person) => ({ id: person.user_id })),
  firstPage: async (source, size, scope = live()) =>
    source.paging === 'offset' ? source.readPage({ page: 1, size }, scope) : null,
  addFault: (fault) => simulator.legacy.faults.add(fault),
  calls: () => simulator.legacy.calls.count(),
  broken: [
    {},
    { user: { user_id: '1' } },
    { users: null },
    { users: {} },
    { users: [{}] },
    { users: [{ user_id: null }] },
    { users: [{ user_id: '' }] },
    { users: [{ user_id: 2 ** 60 }] },
    { users: [{ user_id: '1', email: 5 }] },
    { users: [{ user: { firstname: 'x' } }] },
    [],
    'text',
    null,
  ],
  bare: {
    users: [
      { user_id: 'bare' },
      { user_id: 'nulls', firstname: null, lastname: null, email: null, status: null, role: null, created_at: null },
    ],
    count: 99,
  },
  bareFields: ['email', 'firstName', 'lastName', 'sourceStatus', 'role', 'createdAt'],
}

const SITE_PARTNER: Dialect = {
  source: 'SITE_PARTNER',
  list: 'GET /asset-management/v1/site-partner-users',
  people: () => simulator.sitePartner.people.list(),
  firstPage: async (source, size, scope = live()) =>
    source.paging === 'cursor' ? source.readPage({ after: null, size }, scope) : null,
  addFault: (fault) => simulator.sitePartner.faults.add(fault),
  calls: () => simulator.sitePartner.calls.count(),
  broken: [
    {},
    { data: null },
    { data: { hasMore: false } },
    { data: { items: [] } },
    { data: { hasMore: 'false', items: [] } },
    { data: { hasMore: false, items: {} } },
    { data: { hasMore: false, items: [{}] } },
    { data: { hasMore: false, items: [{ id: '' }] } },
    { data: { hasMore: false, items: [{ id: 5 }] } },
    { data: { hasMore: false, items: [{ id: 'x', partner: 'bare' }] } },
    { data: { hasMore: true, items: [] } },
    [],
    null,
  ],
  bare: {
    data: {
      hasMore: false,
      items: [
        { id: 'bare' },
        { id: 'nulls', email: null, firstName: null, lastName: null, partner: null, createdAt: null },
      ],
    },
  },
  bareFields: ['email', 'firstName', 'lastName', 'partner', 'createdAt'],
}

beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 30, sitePartner: 30, shared: 10 } })
})
// What one test has taught of an upstream's limits and failures is not for the next.
beforeEach(() => {
  simulator.reset()
  sources = createUpstreams(readConfig({ ACCESS: 'open', ...simulator.environment }), {
    ...TIMING,
    attemptTimeoutMs: 300,
  })
})
afterEach(async () => void (await Promise.all(sources.transports.map((transport) => transport.close()))))
afterAll(() => simulator.close())

describe.each([LEGACY, SITE_PARTNER])('the account source $source', (dialect) => {
  const source = (): AccountSource => sources.sources.find((each) => each.source === dialect.source) as AccountSource
  const answerWith = (body: unknown): void =>
    dialect.addFault({ kind: 'status', status: 200, body: body as object, endpoint: dialect.list })

  it("gives rows in the upstream's order, with opaque ids and the time of reading", async () => {
    const page = await dialect.firstPage(source(), 7)
    const expected = dialect.people().slice(0, 7)
    expect(page?.rows.map((row) => row.sourceId)).toEqual(expected.map(({ id }) => id))
    for (const row of page?.rows ?? []) {
      expect(row).toMatchObject({ __typename: 'Identity', source: dialect.source, asOf: expect.any(Date) })
      expect(row.id).toBe(`${dialect.source === 'LEGACY' ? 'legacy' : 'site-partner'}:${row.sourceId}`)
    }
  })

  it('keeps absent and null apart', async () => {
    answerWith(dialect.bare)
    const page = await dialect.firstPage(source(), 7)
    const [bare, nulls] = page?.rows ?? []
    for (const field of dialect.bareFields) {
      expect([field, bare?.[field]]).toEqual([field, undefined])
      expect([field, nulls?.[field]]).toEqual([field, null])
    }
  })

  it('lets unknown fields through', async () => {
    const plain = await dialect.firstPage(source(), 5)
    dialect.addFault({ kind: 'unknown-fields' })
    const decorated = await dialect.firstPage(source(), 5)
    const withoutTime = (page: Page | null): unknown => page?.rows.map((row) => ({ ...row, asOf: undefined }))
    expect(withoutTime(decorated)).toEqual(withoutTime(plain))
  })

  it.each(dialect.broken.map((body) => [JSON.stringify(body), body]))(
    'refuses the list answer %s',
    async (_text, body) => {
      answerWith(body)
      await expect(dialect.firstPage(source(), 7)).rejects.toMatchObject({
        code: 'UPSTREAM_INVALID_RESPONSE',
        source: dialect.source,
      })
    },
  )

  it.each([
    [{ kind: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'status', status: 429 }, 'UPSTREAM_THROTTLED'],
    [{ kind: 'status', status: 401 }, 'UPSTREAM_UNAUTHORIZED'],
    [{ kind: 'status', status: 403 }, 'UPSTREAM_UNAUTHORIZED'],
    [{ kind: 'status', status: 404 }, 'UPSTREAM_INVALID_RESPONSE'],
    [{ kind: 'redirect', location: 'http://127.0.0.1:9/' }, 'UPSTREAM_INVALID_RESPONSE'],
    [{ kind: 'drop' }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'truncate' }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'hang' }, 'UPSTREAM_TIMEOUT'],
    [{ kind: 'not-json' }, 'UPSTREAM_INVALID_RESPONSE'],
    [{ kind: 'wrong-content-type' }, 'UPSTREAM_INVALID_RESPONSE'],
    [{ kind: 'huge', bytes: 3_000_000 }, 'UPSTREAM_INVALID_RESPONSE'],
  ] as const)('turns %j into %s, without a word of what the upstream said', async (fault, code) => {
    dialect.addFault({ ...fault, endpoint: dialect.list })
    const error = await dialect.firstPage(source(), 7).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PublicError)
    expect(error).toMatchObject({ code, source: dialect.source })
    expect((error as PublicError).message).not.toMatch(/http|html|@|Silva|user_id/i)
  })

  it('starts nothing when the signal has fired', async () => {
    await dialect.firstPage(source(), 1)
    const before = dialect.calls()
    const reason = new Error('gone')
    await expect(dialect.firstPage(source(), 1, live(AbortSignal.abort(reason)))).rejects.toBe(reason)
    expect(dialect.calls()).toBe(before)
  })

  it('rejects with the reason of a signal that fires under way', async () => {
    const upstream = dialect.source === 'LEGACY' ? simulator.legacy : simulator.sitePartner
    dialect.addFault({ kind: 'hold', endpoint: dialect.list })
    const controller = new AbortController()
    const reading = dialect.firstPage(source(), 1, live(controller.signal))
    await upstream.faults.whenHeld(1)
    const reason = new Error('gone')
    controller.abort(reason)
    await expect(reading).rejects.toBe(reason)
  })
})

describe('the LEGACY source alone', () => {
  const legacy = () => sources.sources.find((each) => each.paging === 'offset')

  it('gives a single account, null for nobody, and refuses somebody else', async () => {
    const id = String(LEGACY.people()[3]?.id)
    expect(await legacy()?.readOne(id, live())).toMatchObject({ sourceId: id })
    expect(await legacy()?.readOne('nobody', live())).toBeNull()
    LEGACY.addFault({
      kind: 'status',
      status: 200,
      body: { user: { user_id: 'other' } },
      endpoint: 'GET /user/{user_id}',
    })
    await expect(legacy()?.readOne(id, live())).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })

  it.each(['empty', 'not-found'] as const)(
    'takes a page behind the end that is %s for an empty one',
    async (pastEnd) => {
      simulator.legacy.switches.pastEnd = pastEnd
      expect(await legacy()?.readPage({ page: 9, size: 100 }, live())).toEqual({ rows: [] })
    },
  )

  it('refuses a page with more rows than were asked for', async () => {
    LEGACY.addFault({
      kind: 'status',
      status: 200,
      body: { users: [{ user_id: 'a' }, { user_id: 'b' }] },
      endpoint: LEGACY.list,
    })
    await expect(legacy()?.readPage({ page: 1, size: 1 }, live())).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID_RESPONSE',
    })
  })
})

describe('the SITE_PARTNER source alone', () => {
  const sitePartner = () => sources.sources.find((each) => each.paging === 'cursor')

  it.each(['bad-request', 'not-found'] as const)(
    'gives null for a cursor that the upstream answers with %s',
    async (unknownCursor) => {
      simulator.sitePartner.switches.unknownCursor = unknownCursor
      expect(await sitePartner()?.readPage({ after: 'nobody', size: 5 }, live())).toBeNull()
    },
  )

  it('gives what is behind a cursor, and whether there is more', async () => {
    const people = SITE_PARTNER.people()
    const page = await sitePartner()?.readPage({ after: String(people[27]?.id), size: 2 }, live())
    expect(page?.rows.map((row) => row.sourceId)).toEqual(people.slice(28, 30).map(({ id }) => id))
    expect(page?.more).toBe(false)
    const earlier = await sitePartner()?.readPage({ after: String(people[26]?.id), size: 2 }, live())
    expect(earlier?.more).toBe(true)
  })
})
