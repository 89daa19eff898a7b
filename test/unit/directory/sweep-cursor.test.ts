import { describe, expect, it } from 'vitest'
import { sweepCursorList } from '../../../src/directory/sync/sweep-cursor.ts'
import type { CursorPage } from '../../../src/identity/account-source.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { START } from '../../../src/identity/place.ts'

const rows = (from: number, to: number): Identity[] =>
  Array.from({ length: to - from }, (_, index) => ({ sourceId: `u${from + index}` }) as Identity)

async function sweep(answer: (after: string | null) => CursorPage | null) {
  const seen: string[] = []
  for await (const step of sweepCursorList(
    'SITE_PARTNER',
    async ({ after }) => answer(after),
    START,
    () => new Date(0),
  )) {
    expect(step.after).toBe(seen.at(-1) ?? null)
    seen.push(...step.rows.map((row) => row.sourceId))
  }
  return seen
}

describe('a sweep of a cursor list', () => {
  it('ends where the upstream says so, and takes short pages', async () => {
    const pages: Record<string, CursorPage> = {
      null: { rows: rows(0, 3), more: true },
      u2: { rows: rows(3, 4), more: true },
      u3: { rows: rows(4, 9), more: false },
    }
    expect(await sweep((after) => pages[String(after)] ?? null)).toHaveLength(9)
  })

  it('goes on behind an earlier row where the upstream lost the last one', async () => {
    const pages: Record<string, CursorPage> = {
      null: { rows: rows(0, 3), more: true },
      u1: { rows: rows(3, 6), more: false },
    }
    expect(await sweep((after) => pages[String(after)] ?? null)).toHaveLength(6)
  })

  it('gives up where the upstream lost all of the last rows', async () => {
    await expect(sweep((after) => (after === null ? { rows: rows(0, 9), more: true } : null))).rejects.toMatchObject({
      code: 'WALK_INTERRUPTED',
    })
  })

  it('gives up a list that goes round, wherever the round begins', async () => {
    // 0..999, then 500..999 again and again.
    const next = (after: string | null): number => (after === null ? 0 : Number(after.slice(1)) + 1)
    let calls = 0
    const round = sweep((after) => {
      calls++
      const start = next(after) % 1_000 === 0 && after !== null ? 500 : next(after)
      return { rows: rows(start, start + 100), more: true }
    })
    await expect(round).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
    expect(calls).toBeLessThan(40)
  })

  it('gives up a list that promises more and shows nothing new', async () => {
    const still = sweep((after) => ({ rows: after === null ? rows(0, 3) : rows(1, 2), more: true }))
    await expect(still).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' })
  })
})
