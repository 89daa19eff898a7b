import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { CARRIED_FIELDS, type CarriedField } from '../../src/identity/identity.ts'
import { everybody } from './log-follower.ts'
import { syncLogged, type Logged, type LoggedScenario, type OwnWrite } from './logged-sync.ts'
import type { CallPlan, ListChange, ListFault } from './restless-source.ts'

/** Of each kind. CHANGE_SCHEDULES=2000 looks longer. */
const RUNS = Number(process.env['CHANGE_SCHEDULES'] ?? 40)
const SEED = 20_261_122
vi.setConfig({ testTimeout: 120_000 + RUNS * 200 })

const share = fc.double({ min: 0, max: 0.999_999, noNaN: true })
const change = (kinds: readonly ListChange['kind'][]): fc.Arbitrary<ListChange> =>
  fc.record({ kind: fc.constantFrom(...kinds), at: share, to: share })

function scenario(
  faults: readonly (ListFault | undefined)[],
  delays: number,
  kinds: readonly ListChange['kind'][],
): fc.Arbitrary<LoggedScenario> {
  const call: fc.Arbitrary<CallPlan> = fc.record({
    changes: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(change(kinds), { maxLength: 3 }) },
    ),
    fault: fc.constantFrom(...faults),
    at: share,
    delay: fc.integer({ min: 0, max: delays }),
  })
  const write: fc.Arbitrary<OwnWrite> = fc.record({
    call: fc.integer({ min: 1, max: 60 }),
    change: change(['insert', 'update', 'update', 'delete']),
    turns: fc.integer({ min: 0, max: delays }),
  })
  return fc.record({
    size: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 250 })),
    plan: fc.array(call, { minLength: 20, maxLength: 60 }),
    deaths: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
    writes: fc.array(write, { maxLength: 10 }),
    sparse: fc.boolean(),
    first: fc.integer({ min: 1, max: 20 }),
  })
}

const CHANGES = ['insert', 'delete', 'update', 'update', 'update'] as const
const FAILING = [undefined, undefined, undefined, 'error'] as const
const LOSING = [undefined, undefined, 'error', 'lose', 'duplicate', 'shuffle', 'clamp'] as const

function expectTold({ upstream, store, state, follower, unexpected }: Logged): void {
  expect(unexpected).toEqual([])
  expect(store.deviations).toEqual([])
  expect(follower.contradictions).toEqual([])
  const end = everybody(store)
  expect(follower.statuses).toEqual(new Map([...end].map(([id, { status }]) => [id, status])))
  // Whom the list hides while it is doubted stay; all others are exactly those who are there.
  const there = upstream.population()
  const strangers = [...follower.statuses.keys()].filter((id) => !there.has(id))
  expect(state.missingAlarm ? [] : strangers).toEqual([])
  expect([...there.keys()].filter((id) => !follower.statuses.has(id))).toEqual([])
  for (const [id, before] of follower.baseline) {
    const after = end.get(id)
    const mine = follower.changes.filter(({ sourceId }) => sourceId === id)
    if (!after || mine.some(({ kind }) => kind === 'GONE')) continue
    const changed = CARRIED_FIELDS.filter((name) => before[name] !== undefined && before[name] !== after[name])
    const named = new Set<CarriedField>(mine.flatMap(({ fields }) => fields))
    expect(changed.filter((name) => !named.has(name))).toEqual([])
  }
}

/** Who changed their name oftener than they got another version; every version has a name of its own. */
function toldTwice({ upstream, follower }: Logged): string[] {
  const versions = upstream.population()
  const renamed = follower.changes.filter(({ fields }) => fields.includes('firstName'))
  return [...Map.groupBy(renamed, ({ sourceId }) => sourceId)]
    .filter(([id, { length }]) => {
      const since = Number(follower.baseline.get(id)?.firstName ?? 0)
      return length > Number(versions.get(id) ?? Infinity) - since
    })
    .map(([id]) => id)
}

describe.each(['offset', 'cursor'] as const)('the log of a list that changes between any two calls (%s)', (paging) => {
  it.each([
    ['when every call is answered', [undefined]],
    ['when calls fail', FAILING],
    ['when lists lose rows', LOSING],
  ] as const)(
    'makes of what was there at first what is there in the end, and tells nothing twice, %s',
    async (name, faults) => {
      const sums = { changes: 0, gone: 0, provisioned: 0 }
      await fc.assert(
        fc.asyncProperty(scenario(faults, 0, CHANGES), async (input) => {
          const logged = await syncLogged(input, paging)
          expectTold(logged)
          expect(logged.wronged).toEqual([])
          expect(toldTwice(logged)).toEqual([])
          sums.changes += logged.follower.changes.length
          sums.gone += logged.follower.changes.filter(({ kind }) => kind === 'GONE').length
          sums.provisioned += logged.follower.changes.filter(({ kind }) => kind === 'PROVISIONED').length
          await logged.store.close()
        }),
        { numRuns: RUNS, seed: SEED },
      )
      console.log(paging, name, JSON.stringify(sums))
      // A log that is always empty would hold much of this.
      expect(Math.min(sums.gone, sums.provisioned)).toBeGreaterThan(RUNS)
      expect(sums.changes).toBeGreaterThan(RUNS * 5)
    },
  )

  // Somebody who is hidden by one lie after the other counts as gone at last, and comes back when the lies end.
  it('does so where answers overtake each other, lie, and rows move', async () => {
    const lying = [...LOSING, 'repeat'] as const
    let told = 0
    await fc.assert(
      fc.asyncProperty(scenario(lying, 6, [...CHANGES, 'move']), async (input) => {
        const logged = await syncLogged(input, paging)
        expectTold(logged)
        told += logged.follower.changes.length
        await logged.store.close()
      }),
      { numRuns: RUNS, seed: SEED },
    )
    expect(told).toBeGreaterThan(RUNS * 5)
  })
})
