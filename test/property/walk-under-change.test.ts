import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PublicError } from '../../src/errors.ts'
import { readCursorStretch } from '../../src/identity/cursor-walk.ts'
import { readOffsetStretch } from '../../src/identity/offset-walk.ts'
import { START, type Place } from '../../src/identity/place.ts'
import type { Stretch } from '../../src/identity/stretch.ts'
import { ChangingList, type Change } from './changing-list.ts'

const RUNS = 5_000

interface Scenario {
  readonly size: number
  readonly first: number
  readonly schedule: readonly (readonly Change[])[]
}

const share = fc.double({ min: 0, max: 0.999_999, noNaN: true })
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'delete'),
  // Anywhere, or most likely near the start, where all places are still close together.
  at: fc.oneof(
    share,
    share.map((at) => at ** 4),
  ),
})

/** Lists of up to 400 rows, of which up to four come or go between any two calls. */
const scenario: fc.Arbitrary<Scenario> = fc.record({
  size: fc.integer({ min: 0, max: 400 }),
  first: fc.oneof(fc.constantFrom(1, 2, 25, 50, 99, 100, 101, 500), fc.integer({ min: 1, max: 130 })),
  schedule: fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 60 }),
})

interface Outcome {
  readonly served: readonly string[]
  readonly interrupted: boolean
}

/** Pages like a client does: each page is a request of its own, that knows only what the cursor carries. */
async function walk(read: (place: Place, count: number) => Promise<Stretch>, first: number): Promise<Outcome> {
  const served: string[] = []
  let place: Place = START
  try {
    for (;;) {
      const stretch = await read(place, first)
      served.push(...stretch.rows.map((row) => row.sourceId))
      const position = stretch.positionAfter(stretch.rows.length)
      if (position === 'end') return { served, interrupted: false }
      place = JSON.parse(JSON.stringify(position)) as Place
    }
  } catch (error) {
    if (error instanceof PublicError && error.code === 'WALK_INTERRUPTED') return { served, interrupted: true }
    throw error
  }
}

/** What a client does that counts pages, and drops the rows that it has had. */
async function walkNaively(list: ChangingList): Promise<Outcome> {
  const served = new Set<string>()
  for (let page = 1; ; page++) {
    const { rows } = await list.readOffsetPage({ page, size: 100 })
    for (const row of rows) served.add(row.sourceId)
    if (rows.length < 100) return { served: [...served], interrupted: false }
  }
}

function missed(list: ChangingList, { served }: Outcome): string[] {
  const found = new Set(served)
  return list.stable().filter((id) => !found.has(id))
}

function duplicates({ served }: Outcome): number {
  return served.length - new Set(served).size
}

describe('a walk through a list that changes between any two calls', () => {
  it('shows everyone who was there throughout, once, or says that it was interrupted (offset paging)', async () => {
    const sums = { runs: 0, interrupted: 0, calls: 0, naiveMissed: 0, naiveRunsWithMisses: 0, naiveCalls: 0 }
    await fc.assert(
      fc.asyncProperty(scenario, async ({ size, first, schedule }) => {
        const list = new ChangingList(size, schedule)
        const outcome = await walk(
          (place, count) => readOffsetStretch('LEGACY', list.readOffsetPage, place, count),
          first,
        )
        expect(duplicates(outcome)).toBe(0)
        expect(outcome.interrupted ? [] : missed(list, outcome)).toEqual([])

        const naiveList = new ChangingList(size, schedule)
        const naiveMisses = missed(naiveList, await walkNaively(naiveList)).length
        sums.runs++
        sums.interrupted += outcome.interrupted ? 1 : 0
        sums.naiveMissed += naiveMisses
        sums.naiveRunsWithMisses += naiveMisses > 0 ? 1 : 0
        if (first === 100) {
          sums.calls += list.calls
          sums.naiveCalls += naiveList.calls
        }
      }),
      { numRuns: RUNS, seed: 20_261_121 },
    )
    console.log(
      `walks: ${sums.runs}, interrupted: ${sums.interrupted}, missed: 0, duplicates: 0; ` +
        `naive reader: ${sums.naiveMissed} people missed in ${sums.naiveRunsWithMisses} walks; ` +
        `calls at first: 100: ${sums.calls}, naive: ${sums.naiveCalls}`,
    )
    // A reader that always gives up would pass the property, too.
    expect(sums.interrupted).toBeLessThan(sums.runs * 0.05)
    expect(sums.naiveMissed).toBeGreaterThan(0)
  })

  it.each(['refuse', 'empty', 'first page'] as const)(
    'does the same with cursor paging, where the upstream answers an unknown cursor with: %s',
    async (onUnknown) => {
      let interrupted = 0
      await fc.assert(
        fc.asyncProperty(scenario, async ({ size, first, schedule }) => {
          // An upstream that begins anew is known by the list's first row. If that went as well, nothing would tell.
          const list = new ChangingList(size, schedule, onUnknown === 'first page' ? 1 : 0)
          const read = list.cursorPages(onUnknown)
          const outcome = await walk((place, count) => readCursorStretch('SITE_PARTNER', read, place, count), first)
          expect(duplicates(outcome)).toBe(0)
          expect(outcome.interrupted ? [] : missed(list, outcome)).toEqual([])
          interrupted += outcome.interrupted ? 1 : 0
        }),
        { numRuns: RUNS, seed: 20_261_121 },
      )
      console.log(`walks: ${RUNS}, interrupted: ${interrupted}, missed: 0, duplicates: 0`)
      expect(interrupted).toBeLessThan(RUNS * 0.05)
    },
  )
})
