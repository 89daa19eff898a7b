import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sweepOffsetList } from '../../../src/directory/sync/sweep-offset.ts'
import { MAX_PAGE_SIZE, type OffsetPageToken } from '../../../src/identity/account-source.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { windowStart } from '../../../src/identity/page-window.ts'
import { START } from '../../../src/identity/place.ts'

const rows = (from: number, to: number): Identity[] =>
  Array.from({ length: Math.max(to - from, 0) }, (_, index) => ({ sourceId: `u${from + index}` }) as Identity)

type Answer = (token: OffsetPageToken, call: number) => readonly Identity[]

const listOf =
  (length: number): Answer =>
  (token) =>
    rows(windowStart(token), Math.min(token.page * token.size, length))

/** Sweeps a list to its end, with a count of how many calls were under way at once. */
async function sweep(answer: Answer, expected = 0) {
  const seen: string[] = []
  const counted = { calls: 0, underWay: 0, most: 0 }
  const read = async (token: OffsetPageToken) => {
    const call = counted.calls++
    counted.most = Math.max(counted.most, ++counted.underWay)
    await setImmediate()
    const page = { rows: answer(token, call), askedAt: new Date(0) }
    counted.underWay--
    return page
  }
  for await (const step of sweepOffsetList('LEGACY', read, START, expected)) {
    expect(step.after).toBe(seen.at(-1) ?? null)
    seen.push(...step.rows.map((row) => row.sourceId))
  }
  return { seen, ...counted }
}

describe('a sweep of an offset list', () => {
  it.each([
    [0, 1],
    [1, 2],
    [50, 2],
    [99, 2],
    [100, 2],
    [101, 3],
    [950, 12],
    [990, 12],
    [999, 12],
    [1_000, 12],
    [1_001, 13],
  ])('reads %i accounts in %i calls, whether their number is known or not', async (length, calls) => {
    const unknown = await sweep(listOf(length))
    expect(unknown.seen).toEqual(rows(0, length).map((row) => row.sourceId))
    expect(unknown.calls).toBe(calls)
    const known = await sweep(listOf(length), length)
    expect(known.seen).toEqual(unknown.seen)
    expect(known.calls).toBe(calls)
  })

  it('reads a list whose length is known several pages at a time, and one that it does not know after a while', async () => {
    expect((await sweep(listOf(1_000), 1_000)).most).toBe(6)
    expect((await sweep(listOf(1_000))).most).toBe(1)
    const long = await sweep(listOf(20_000))
    expect(long.most).toBe(6)
    expect(long.seen).toHaveLength(20_000)
    expect(long.calls).toBeLessThan(20_000 / MAX_PAGE_SIZE / 0.85)
  })

  it.each([30, 50, 75])(
    'does not take an upstream that gives only %i rows for one with a short list',
    async (clamp) => {
      const clamped: Answer = (token) =>
        rows(windowStart(token), Math.min(token.page * token.size, 1_000)).slice(0, clamp)
      await expect(sweep(clamped)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
      const paged: Answer = ({ page, size }) => {
        const width = Math.min(size, clamp)
        return rows((page - 1) * width, page * width)
      }
      await expect(sweep(paged)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
    },
  )

  it('asks again for a page that has lost a row, and gives up where it stays lost', async () => {
    const lossy = (lost: (call: number) => boolean): Answer => {
      return (token, call) => {
        const page = listOf(950)(token, call)
        return lost(call) ? page.filter((row) => row.sourceId !== 'u420') : page
      }
    }
    const once = await sweep(lossy((call) => call === 4))
    expect(once.seen).toContain('u420')
    await expect(sweep(lossy(() => true))).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })

  it('takes a list for whole that repeats its last page behind its end', async () => {
    const repeating: Answer = (token) => {
      const last = Math.floor((950 - 1) / token.size) + 1
      return listOf(950)({ ...token, page: Math.min(token.page, last) }, 0)
    }
    expect((await sweep(repeating)).seen).toHaveLength(950)
  })

  it('notices somebody who was added while it looked for the end', async () => {
    const growing: Answer = (token, call) => listOf(call < 11 ? 950 : 951)(token, call)
    expect((await sweep(growing)).seen).toHaveLength(951)
  })

  it('gives up a list that shows its first page again and again', async () => {
    await expect(sweep(({ size }) => rows(0, size))).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })

  it('gives up a list that has another order than a moment ago', async () => {
    const turned: Answer = (token, call) => listOf(400)(token, call).toReversed()
    await expect(sweep((token, call) => (call < 2 ? listOf(400) : turned)(token, call))).rejects.toMatchObject({
      code: 'WALK_INTERRUPTED',
    })
  })
})
