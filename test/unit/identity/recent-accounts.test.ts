import { describe, expect, it } from 'vitest'
import type { OffsetAccountSource, ReadScope } from '../../../src/identity/account-source.ts'
import { formatIdentityId } from '../../../src/identity/identity-id.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { RecentAccounts } from '../../../src/identity/recent-accounts.ts'

const MINUTE = 60_000
const SCOPE: ReadScope = { signal: new AbortController().signal, notBefore: Number.NEGATIVE_INFINITY }

function account(sourceId: string, fields: Partial<Identity> = {}): Identity {
  const texts = { email: 'a@example.com', firstName: 'A', lastName: null, sourceStatus: 'active', role: 'standard' }
  return {
    __typename: 'Identity',
    id: formatIdentityId({ source: 'LEGACY', sourceId }),
    source: 'LEGACY',
    sourceId,
    ...texts,
    status: 'ACTIVE',
    timezone: null,
    locale: null,
    network: null,
    partner: null,
    createdAt: null,
    updatedAt: null,
    asOf: new Date(0),
    ...fields,
  }
}

/** A source that says what it is told to, and the memory around it. */
function observed() {
  let now = 1_000
  let rows: readonly Identity[] = []
  const recent = new RecentAccounts(() => now)
  const source = recent.observe({
    source: 'LEGACY',
    paging: 'offset',
    readPage: async () => ({ rows }),
    readOne: async () => rows[0] ?? null,
  }) as OffsetAccountSource
  return {
    recent,
    later: (ms: number) => void (now += ms),
    readOne: async (row?: Identity) => {
      rows = row ? [row] : []
      return source.readOne(row?.sourceId ?? '1', SCOPE)
    },
    readPage: async (page: readonly Identity[], scope = SCOPE) => {
      rows = page
      return source.readPage({ page: 1, size: 100 }, scope)
    },
    find: (sourceId = '1', from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY) =>
      recent.find({ source: 'LEGACY', sourceId }, ['email'], from, until),
  }
}

describe('what was read of an account', () => {
  it('is remembered for ten minutes', async () => {
    const { readOne, find, later } = observed()
    await readOne(account('1'))
    later(10 * MINUTE)
    expect(find()).toEqual(account('1'))
    later(1)
    expect(find()).toBeUndefined()
  })

  it('is found only between the two instants that it is asked for', async () => {
    const { readOne, find } = observed()
    await readOne(account('1'))
    expect(find('1', 1_000, 1_001)).toBeDefined()
    expect([find('1', 1_001, 2_000), find('1', 0, 1_000)]).toEqual([undefined, undefined])
  })

  it('is not made younger by a row that has less', async () => {
    const { readOne, readPage, find, later } = observed()
    await readOne(account('1'))
    later(6 * MINUTE)
    await readPage([account('1', { role: undefined, asOf: new Date(1) })])
    expect(find()).toEqual(account('1'))
    later(5 * MINUTE)
    expect(find()).toBeUndefined()
  })

  it('is bounded, and what is read in the background pushes nobody out', async () => {
    const { readOne, readPage, find } = observed()
    await readOne(account('1'))
    await readPage(
      Array.from({ length: 6_000 }, (_, index) => account(`b${index}`)),
      { ...SCOPE, background: true },
    )
    expect([find('1'), find('b4998'), find('b4999')]).toEqual([expect.anything(), expect.anything(), undefined])
    await readPage(Array.from({ length: 5_000 }, (_, index) => account(`c${index}`)))
    expect([find('1'), find('c0')]).toEqual([undefined, expect.anything()])
  })

  it('is forgotten for good when the account is written, also where the answer comes only after that', async () => {
    const { recent, readOne, find, later } = observed()
    await readOne(account('1'))
    recent.forget({ source: 'LEGACY', sourceId: '1' })
    expect(find()).toBeUndefined()
    later(5_000)
    await readOne(account('1'))
    expect(find()).toBeUndefined()
    later(6_000)
    await readOne(account('1'))
    expect(find()).toBeDefined()
  })

  it('is forgotten where pages showed it, and those who stood beside it are not', async () => {
    const { recent, readPage, find, later } = observed()
    const page = [account('1'), account('2')]
    await readPage(page)
    recent.forget({ source: 'LEGACY', sourceId: '1' })
    expect([find('1'), find('2')]).toEqual([undefined, account('2')])
    later(5_000)
    await readPage(page)
    later(6_000)
    expect([find('1'), find('2')]).toEqual([undefined, account('2')])
    await readPage(page)
    expect(find('1')).toEqual(account('1'))
  })

  it('is forgotten when there is nobody any more', async () => {
    const { readOne, find } = observed()
    await readOne(account('1'))
    await readOne()
    expect(find()).toBeUndefined()
  })
})
