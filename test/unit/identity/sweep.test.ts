import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type {
  CursorAccountSource,
  CursorPage,
  OffsetAccountSource,
  ReadScope,
} from '../../../src/identity/account-source.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { SharedSweep } from '../../../src/identity/shared-sweep.ts'
import { Sweep } from '../../../src/identity/sweep.ts'

const rows = (from: number, to: number): Identity[] =>
  Array.from({ length: to - from }, (_, index) => ({ sourceId: `u${from + index}` }) as Identity)
const live: ReadScope = { signal: new AbortController().signal, notBefore: Number.NEGATIVE_INFINITY }

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
  for await (const page of sweep.pages(live)) ids.push(...page.rows.map((row) => row.sourceId))
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
    const sweep = new Sweep(list.source, () => 0)
    expect(await collect(sweep)).toHaveLength(length)
    expect(list.calls).toHaveLength(calls)
    expect(sweep.joinable).toBe(false)
  })

  it('gives an id once that slid onto the next page', async () => {
    const list = offsetList([rows(0, 100), rows(99, 150)])
    const ids = await collect(new Sweep(list.source, () => 0))
    expect(ids).toHaveLength(150)
    expect(new Set(ids).size).toBe(150)
  })

  it('ends after 10,000 pages, with an error', async () => {
    const source: OffsetAccountSource = {
      ...offsetList([]).source,
      readPage: async ({ page }) => ({ rows: rows((page - 1) * 100, page * 100) }),
    }
    await expect(collect(new Sweep(source, () => 0))).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })

  it('is read once for all who join it, wherever they joined', async () => {
    const list = offsetList([rows(0, 100), rows(100, 200), rows(200, 250)])
    const sweep = new Sweep(list.source, () => 0)
    const first = sweep.pages(live)
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
    expect(await collect(new Sweep(list, () => 0))).toHaveLength(9)
  })

  it('is an error where the cursor does not move', async () => {
    const list = cursorList({ null: { rows: rows(0, 3), more: true }, u2: { rows: rows(0, 3), more: true } })
    await expect(collect(new Sweep(list, () => 0))).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })

  it.each([
    ['refuses it', null],
    ['answers with nothing', { rows: [], more: false }],
  ])('goes on behind an earlier row where the upstream lost the last one and %s', async (_name, answer) => {
    const list = cursorList({
      null: { rows: rows(0, 3), more: true },
      u2: answer,
      u1: { rows: rows(3, 6), more: false },
    })
    expect(await collect(new Sweep(list, () => 0))).toHaveLength(6)
  })

  it('is lost, and joined no more, where all remembered rows have gone', async () => {
    const shared = new SharedSweep(cursorList({ null: { rows: rows(0, 9), more: true } }), () => 0)
    const sweep = shared.join(live)
    await expect(collect(sweep)).rejects.toMatchObject({ code: 'WALK_INTERRUPTED' })
    expect(sweep.joinable).toBe(false)
    expect(shared.join(live)).not.toBe(sweep)
  })
})

describe('the sweep that requests share', () => {
  const pages = [rows(0, 100), rows(100, 200), rows(200, 230)]

  /** A source that fails on its second page for as long as it is told to. */
  function flakyList() {
    const list = offsetList(pages)
    const state = { isDown: true, calls: list.calls }
    const readPage: OffsetAccountSource['readPage'] = async (token, scope) => {
      if (token.page === 2 && state.isDown) throw new Error('down')
      return list.source.readPage(token, scope)
    }
    return { source: { ...list.source, readPage }, state }
  }

  it('is joined while somebody reads it, and over when it is through', async () => {
    const shared = new SharedSweep(offsetList(pages).source, () => 0)
    const sweep = shared.join(live)
    const reader = sweep.pages(live)
    await reader.next()
    expect(shared.join(live)).toBe(sweep)
    await collect(sweep)
    expect(shared.join(live)).not.toBe(sweep)
  })

  it('is over when its reader has found what it wanted, for its pages will be old', async () => {
    const shared = new SharedSweep(offsetList(pages).source, () => 0)
    const sweep = shared.join(live)
    for await (const page of sweep.pages(live)) if (page.rows.length > 0) break
    expect(shared.join(live)).not.toBe(sweep)
  })

  it('goes on where it failed, and says which pages are not fresh', async () => {
    const { source, state } = flakyList()
    const shared = new SharedSweep(source, () => 0)
    const sweep = shared.join(live)
    await expect(collect(sweep)).rejects.toThrow('down')
    state.isDown = false
    expect(shared.join(live)).toBe(sweep)
    const fresh: boolean[] = []
    for await (const page of sweep.pages(live)) fresh.push(page.fresh)
    expect(fresh).toEqual([false, true, true])
    // Page 1 once more: it still ends as it did, so page 2 follows it.
    expect(state.calls).toEqual([1, 1, 2, 3])
  })

  it('leaves no timer behind when it is over, and gives up one that nobody went on with', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const shared = new SharedSweep(offsetList(pages).source, () => 0)
    await collect(shared.join(live))
    expect(vi.getTimerCount()).toBe(0)
    const flaky = new SharedSweep(flakyList().source, () => Date.now())
    const sweep = flaky.join(live)
    await expect(collect(sweep)).rejects.toThrow('down')
    expect(flaky.join(live)).toBe(sweep)
    vi.advanceTimersByTime(120_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('begins anew when the list moved while nobody read it', async () => {
    const list = offsetList([rows(0, 100), rows(100, 200), rows(200, 230)])
    let isDown = true
    let deleted = 0
    const readPage: OffsetAccountSource['readPage'] = async ({ page, size }, scope) => {
      if (page === 3 && isDown) throw new Error('down')
      const all = await Promise.all([1, 2, 3].map((each) => list.source.readPage({ page: each, size }, scope)))
      const moved = all.flatMap((each) => each.rows).slice(deleted)
      return { rows: moved.slice((page - 1) * size, page * size) }
    }
    const shared = new SharedSweep({ ...list.source, readPage }, () => 0)
    const sweep = shared.join(live)
    await expect(collect(sweep)).rejects.toThrow('down')
    isDown = false
    deleted = 3
    expect(shared.join(live)).toBe(sweep)
    // u200 to u202 slid onto the page that had been read already.
    expect(await collect(sweep)).toEqual(rows(3, 230).map((row) => row.sourceId))
  })

  it('gives an id once that stands twice in one page', async () => {
    const list = offsetList([[...rows(0, 3), ...rows(0, 5)]])
    expect(await collect(new Sweep(list.source, () => 0))).toEqual(['u0', 'u1', 'u2', 'u3', 'u4'])
  })

  it('asks for nothing older than itself, whoever reads it', async () => {
    const asked: number[] = []
    const readPage: OffsetAccountSource['readPage'] = async (_token, { notBefore }) => {
      asked.push(notBefore)
      return { rows: [] }
    }
    await collect(new Sweep({ ...offsetList([]).source, readPage }, () => 500))
    expect(asked).toEqual([500])
  })

  it('is not ended by an older one that ends', async () => {
    let now = 0
    const shared = new SharedSweep(offsetList(pages).source, () => now)
    const older = shared.join(live)
    const reader = older.pages(live)
    await reader.next()
    now = 10
    const younger = shared.join({ ...live, notBefore: 5 })
    await younger.pages(live).next()
    await collect(older)
    expect(shared.join(live)).toBe(younger)
  })

  it('goes on for as long as somebody does within a minute, but not for ever', async () => {
    let now = 0
    const shared = new SharedSweep(flakyList().source, () => now)
    const sweep = shared.join(live)
    await expect(collect(sweep)).rejects.toThrow('down')
    now = 60_000
    expect(shared.join(live)).toBe(sweep)
    expect(shared.join({ ...live, notBefore: 1 })).not.toBe(sweep)
    now = 60_001
    expect(shared.join(live)).not.toBe(sweep)
  })
})
