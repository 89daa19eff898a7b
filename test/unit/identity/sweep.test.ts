import { describe, expect, it } from 'vitest'
import type { CursorAccountSource, CursorPage, OffsetAccountSource } from '../../../src/identity/account-source.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { SharedSweeps } from '../../../src/identity/shared-sweeps.ts'
import { Sweep } from '../../../src/identity/sweep.ts'

const rows = (from: number, to: number): Identity[] =>
  Array.from({ length: to - from }, (_, index) => ({ sourceId: `u${from + index}` }) as Identity)
const signal = new AbortController().signal

/** An offset list whose pages are given, with a count of how often it was asked. */
function offsetList(pages: readonly (readonly Identity[])[]) {
  const calls: number[] = []
  const source: OffsetAccountSource = {
    source: 'LEGACY',
    paging: 'offset',
    readPage: async ({ page }) => {
      calls.push(page)
      return { rows: pages[page - 1] ?? [] }
    },
    readOne: async () => null,
  }
  return { source, calls }
}

function cursorList(pages: Readonly<Record<string, CursorPage | null>>): CursorAccountSource {
  return { source: 'SITE_PARTNER', paging: 'cursor', readPage: async ({ after }) => pages[String(after)] ?? null }
}

async function collect(sweep: Sweep): Promise<string[]> {
  const ids: string[] = []
  for await (const page of sweep.pages(signal)) ids.push(...page.map((row) => row.sourceId))
  return ids
}

describe('a sweep of an offset list', () => {
  it.each([
    ['a short page', [rows(0, 100), rows(100, 130)], 130, 2],
    ['an empty page', [rows(0, 100), []], 100, 2],
    ['a page without a new id', [rows(0, 100), rows(0, 100)], 100, 2],
    ['an empty first page', [[]], 0, 1],
  ])('ends with %s', async (_name, pages, length, calls) => {
    const list = offsetList(pages)
    const sweep = new Sweep(list.source)
    expect(await collect(sweep)).toHaveLength(length)
    expect(list.calls).toHaveLength(calls)
    expect(sweep.complete).toBe(true)
  })

  it('gives an id once that slid onto the next page', async () => {
    const list = offsetList([rows(0, 100), rows(99, 150)])
    const ids = await collect(new Sweep(list.source))
    expect(ids).toHaveLength(150)
    expect(new Set(ids).size).toBe(150)
  })

  it('ends after 10,000 pages, with an error', async () => {
    const source: OffsetAccountSource = {
      ...offsetList([]).source,
      readPage: async ({ page }) => ({ rows: rows((page - 1) * 100, page * 100) }),
    }
    await expect(collect(new Sweep(source))).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })

  it('is read once for all who join it, wherever they joined', async () => {
    const list = offsetList([rows(0, 100), rows(100, 200), rows(200, 250)])
    const sweep = new Sweep(list.source)
    const first = sweep.pages(signal)
    await first.next()
    await first.next()
    const others = await Promise.all([collect(sweep), collect(sweep)])
    for (const ids of others) expect(ids).toHaveLength(250)
    // Pages 1 and 2 came from memory. Page 3 was asked for by both at once: one call, once the transport shares it.
    expect(list.calls.filter((page) => page < 3)).toEqual([1, 2])
  })
})

describe('a sweep of a cursor list', () => {
  it('ends where the upstream says so, and takes short pages', async () => {
    const list = cursorList({
      null: { rows: rows(0, 3), more: true },
      u2: { rows: rows(3, 4), more: true },
      u3: { rows: rows(4, 9), more: false },
    })
    expect(await collect(new Sweep(list))).toHaveLength(9)
  })

  it('is an error where the cursor does not move', async () => {
    const list = cursorList({ null: { rows: rows(0, 3), more: true }, u2: { rows: rows(0, 3), more: true } })
    await expect(collect(new Sweep(list))).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })

  it('is lost where the row has gone behind which it should go on', async () => {
    const sweep = new Sweep(cursorList({ null: { rows: rows(0, 3), more: true } }))
    await expect(collect(sweep)).rejects.toMatchObject({ code: 'WALK_INTERRUPTED' })
    expect(sweep.lost).toBe(true)
  })
})

describe('the sweeps that requests share', () => {
  const list = (): OffsetAccountSource => offsetList([rows(0, 100), rows(100, 130)]).source

  it('are joined until they are through', async () => {
    const shared = new SharedSweeps([list()], () => 0)
    const [sweep] = shared.join(Infinity) as [Sweep]
    expect(shared.join(Infinity)[0]).toBe(sweep)
    await collect(sweep)
    expect(shared.join(Infinity)[0]).not.toBe(sweep)
  })

  it('are not joined when they are older than is accepted', () => {
    let now = 0
    const shared = new SharedSweeps([list()], () => now)
    const first = shared.join(Infinity)
    now = 5_000
    expect(shared.join(5_000)).toBe(first)
    expect(shared.join(4_999)).not.toBe(first)
    const second = shared.join(Infinity)
    now += 60_001
    expect(shared.join(Infinity)).not.toBe(second)
  })

  it('are begun anew when one of them is lost', async () => {
    const shared = new SharedSweeps([cursorList({ null: { rows: rows(0, 3), more: true } }), list()], () => 0)
    const first = shared.join(Infinity)
    await expect(collect(first[0] as Sweep)).rejects.toMatchObject({ code: 'WALK_INTERRUPTED' })
    expect(shared.join(Infinity)).not.toBe(first)
  })
})
