import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallPlan, ListChange, ListFault } from './restless-source.ts'
import { difference, syncUntilQuiet, type Observed, type Scenario } from './restless-sync.ts'

const RUNS = 600
const SEED = 20_261_121

const share = fc.double({ min: 0, max: 0.999_999, noNaN: true })
/** Anywhere, or most likely near the start, where a change moves all that is behind it. */
const spot = fc.oneof(
  share,
  share.map((at) => at ** 4),
)

function changes(kinds: readonly ListChange['kind'][]): fc.Arbitrary<readonly ListChange[]> {
  return fc.array(fc.record({ kind: fc.constantFrom(...kinds), at: spot, to: share }), { maxLength: 3 })
}

function scenario(
  kinds: readonly ListChange['kind'][],
  faults: readonly (ListFault | undefined)[],
  sizes = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 400 })),
): fc.Arbitrary<Scenario> {
  const call: fc.Arbitrary<CallPlan> = fc.record({
    changes: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: changes(kinds) }),
    fault: fc.constantFrom(...faults),
    at: share,
    delay: fc.integer({ min: 0, max: 6 }),
  })
  return fc.record({
    size: sizes,
    plan: fc.array(call, { maxLength: 60 }),
    deaths: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
  })
}

const CHANGES = ['insert', 'delete', 'update'] as const
const RIGHT = [undefined] as const
const FAILING = [undefined, undefined, undefined, 'error'] as const
const LYING = [undefined, undefined, 'error', 'lose', 'repeat', 'duplicate', 'shuffle', 'clamp'] as const

/** What a run of scenarios came to; a sync that never calls a sweep whole would hold every promise. */
class Sums {
  readonly #counts: Record<string, number> = {}

  add({ outcomes, source, state }: Observed): void {
    this.#add('scenarios', 1)
    for (const outcome of outcomes) this.#add(outcome, 1)
    this.#add('calls', source.calls)
    this.#add('alarms', state.missingAlarm ? 1 : 0)
  }

  of(name: string): number {
    return this.#counts[name] ?? 0
  }

  print(title: string): void {
    console.log(`${title}: ${JSON.stringify(this.#counts)}`)
  }

  #add(name: string, count: number): void {
    this.#counts[name] = this.of(name) + count
  }
}

function expectTruth(observed: Observed): void {
  expect(observed.unexpected).toEqual([])
  expect(observed.wronged).toEqual([])
  expect(observed.outcomes.at(-1)).toBe('WHOLE')
  const wrong = difference(observed)
  // While so many are missing that the list is doubted, they stay; whoever is there is known as they are, even so.
  const there = observed.source.population()
  expect(observed.state.missingAlarm ? wrong.filter((id) => there.has(id)) : wrong).toEqual([])
}

describe.each([
  // Whom the upstream does not deny has to be lacking in three whole sweeps.
  ['offset', 2],
  ['refuse', 2],
  ['empty', 4],
] as const)('syncing a list that changes between any two calls (%s)', (paging, sweeps) => {
  it.each([
    ['when every call is answered', RIGHT],
    ['when calls fail', FAILING],
  ])(
    'misses nobody who is there throughout a whole sweep, removes nobody who is there, and ends with the truth %s',
    async (name, faults) => {
      const sums = new Sums()
      await fc.assert(
        fc.asyncProperty(scenario(CHANGES, faults), async (input) => {
          const observed = await syncUntilQuiet(input, paging, sweeps)
          expect(observed.missed).toEqual([])
          expectTruth(observed)
          sums.add(observed)
        }),
        { numRuns: RUNS, seed: SEED },
      )
      sums.print(`${paging}, ${name}`)
      expect(sums.of('NOT_WHOLE')).toBeLessThan(sums.of('WHOLE') * 0.05)
    },
  )
})

describe('syncing a list of thousands', () => {
  it('misses nobody where many pages are read at a time', async () => {
    const sums = new Sums()
    await fc.assert(
      fc.asyncProperty(scenario(CHANGES, FAILING, fc.integer({ min: 800, max: 2_500 })), async (input) => {
        const observed = await syncUntilQuiet(input, 'offset', 2)
        expect(observed.missed).toEqual([])
        expectTruth(observed)
        sums.add(observed)
      }),
      { numRuns: 200, seed: SEED },
    )
    sums.print('offset, up to 3,000')
  })
})

describe('syncing a list whose answers lie', () => {
  it.each([
    ['offset', 2],
    ['refuse', 2],
  ] as const)('removes nobody who is there, and ends with the truth when the lies end (%s)', async (paging, sweeps) => {
    const sums = new Sums()
    const kinds = [...CHANGES, 'move'] as const
    await fc.assert(
      fc.asyncProperty(scenario(kinds, LYING), async (input) => {
        const observed = await syncUntilQuiet(input, paging, sweeps)
        expectTruth(observed)
        sums.add(observed)
      }),
      { numRuns: RUNS, seed: SEED },
    )
    sums.print(`${paging}, lying`)
    expect(sums.of('NOT_WHOLE')).toBeGreaterThan(0)
  })
})
