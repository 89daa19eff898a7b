import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  AccountSource,
  CursorAccountSource,
  CursorPageToken,
  OffsetAccountSource,
  ReadScope,
} from '../../../src/identity/account-source.ts'
import { readNewestRows, type KnownEnds } from '../../../src/identity/newest-rows.ts'
import { account } from '../../fixtures/accounts.ts'

const SCOPE = { signal: new AbortController().signal, notBefore: 0 }

/** A list as an upstream has it, and how often it was asked. */
function list(ids: readonly string[], paging: AccountSource['paging']) {
  const calls = { count: 0 }
  const rows = (source: AccountSource['source'], from: number, size: number) => {
    calls.count++
    return ids.slice(from, from + size).map((sourceId) => account({ source, sourceId }))
  }
  const offset: OffsetAccountSource = {
    source: 'LEGACY',
    paging: 'offset',
    readPage: async ({ page, size }) => ({ rows: rows('LEGACY', (page - 1) * size, size) }),
    readOne: async () => null,
  }
  const cursor: CursorAccountSource = {
    source: 'SITE_PARTNER',
    paging: 'cursor',
    readPage: async ({ after, size }) => {
      const from = after === null ? 0 : ids.indexOf(after) + 1
      const page = rows('SITE_PARTNER', from, size)
      return after !== null && from === 0 ? null : { rows: page, more: from + size < ids.length }
    },
  }
  return { source: paging === 'offset' ? offset : cursor, calls }
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`)
}

function endsOf(ids: readonly string[], newcomers: KnownEnds['newcomers']): KnownEnds {
  return { length: ids.length, head: ids[0], tail: ids.slice(-4), newcomers }
}

async function newest(before: readonly string[], now: readonly string[], paging: AccountSource['paging'], end = true) {
  const { source, calls } = list(now, paging)
  const ends = endsOf(before, end ? 'end' : 'start')
  const rows = await readNewestRows(source, ends, (id) => before.includes(id), SCOPE)
  return { ids: rows?.map(({ sourceId }) => sourceId), calls: calls.count }
}

describe.each(['offset', 'cursor'] as const)('the newest rows of an %s list', (paging) => {
  it.each([0, 1, 57, 100, 1_000, 1_001])('of %d accounts take one call, mostly', async (length) => {
    const old = names('old', length)
    const found = await newest(old, [...old, 'new'], paging)
    expect(found.ids).toContain('new')
    expect(found.calls).toBe(1)
  })

  it('are nobody where everybody is known', async () => {
    const old = names('old', 300)
    const { ids, calls } = await newest(old, old, paging)
    expect(ids?.filter((id) => !old.includes(id))).toEqual([])
    expect(calls).toBe(1)
  })

  it('are looked for at the start where they turn up there', async () => {
    const old = names('old', 300)
    const fresh = names('new', 120)
    const found = await newest(old, [...fresh, ...old], paging, false)
    expect(found.ids).toEqual(expect.arrayContaining(fresh))
    expect(found.calls).toBe(2)
  })

  it('are not known where so many came that a few calls do not show them', async () => {
    const old = names('old', 300)
    expect(await newest(old, [...old, ...names('new', 600)], paging)).toEqual({ ids: undefined, calls: 4 })
  })

  it('miss nobody, whoever came at the end and whoever left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 450 }),
        fc.nat({ max: 150 }),
        fc.array(fc.tuple(fc.nat({ max: 450 }), fc.nat({ max: 120 })), { maxLength: 4 }),
        async (length, added, cuts) => {
          const old = names('old', length)
          const gone = new Set(cuts.flatMap(([from, count]) => old.slice(from, from + count)))
          const fresh = names('new', added)
          const { ids, calls } = await newest(old, [...old.filter((id) => !gone.has(id)), ...fresh], paging)
          expect(calls).toBeLessThanOrEqual(4)
          expect(fresh.filter((id) => ids?.includes(id) === false)).toEqual([])
          // Only much that has changed takes more calls than there may be.
          expect(ids !== undefined || gone.size > 0 || added > 90).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })
})

it('a cursor list that begins anew behind a row that it does not know is not taken for the end', async () => {
  const old = names('old', 50)
  const now = old.slice(0, 49)
  const { source } = list([...now, 'new'], 'cursor')
  const anew: AccountSource = {
    ...(source as CursorAccountSource),
    readPage: async (token: CursorPageToken, scope: ReadScope) => {
      const page = await (source as CursorAccountSource).readPage(token, scope)
      return page ?? (await (source as CursorAccountSource).readPage({ ...token, after: null }, scope))
    },
  }
  const rows = await readNewestRows(anew, endsOf(old, 'end'), () => true, SCOPE)
  expect(rows?.map(({ sourceId }) => sourceId)).toEqual(['new'])
})
