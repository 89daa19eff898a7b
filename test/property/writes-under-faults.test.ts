import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ADDRESSES, changesByOthers, creationsByOthers } from './writing/foreign.ts'
import { judgeChanges, type Verdict } from './writing/judge-changes.ts'
import { judgeCreations } from './writing/judge-creations.ts'
import { EPOCH, type CallPlan, type Fault, type Foreign, type Row } from './writing/model-upstream.ts'
import { runNaively } from './writing/naive-writer.ts'
import { PASSWORD, WriteWorld, type Request, type Schedule, type Source } from './writing/write-world.ts'

/** Of each kind. WRITE_SCHEDULES=100000 looks longer. */
const RUNS = Number(process.env['WRITE_SCHEDULES'] ?? 5_000)
const SEED = Number(process.env['WRITE_SEED'] ?? 20_261_121)
vi.setConfig({ testTimeout: 120_000 + RUNS * 20 })

const share = fc.double({ min: 0, max: 0.999_999, noNaN: true })
const foreign: fc.Arbitrary<readonly Foreign[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.record({ who: share, what: share }), { minLength: 1, maxLength: 2 }) },
)
const NO_FAULT: readonly (Fault | undefined)[] = Array.from({ length: 16 })
const FAULTS: readonly (Fault | undefined)[] = [
  ...NO_FAULT,
  ...(['not sent', 'throttled', 'forbidden', 'refused', 'lost', 'unanswered', 'failed', 'failed after'] as const),
]
const calls = (faults: readonly (Fault | undefined)[]): fc.Arbitrary<readonly CallPlan[]> =>
  fc.array(
    fc.record({
      fault: fc.constantFrom(...faults),
      latency: fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })),
      before: foreign,
      after: foreign,
    }),
    { maxLength: 40 },
  )
const when = fc.integer({ min: 0, max: 1_500 })
const patience = fc.option(fc.integer({ min: 0, max: 4_000 }), { nil: undefined, freq: 6 })

/** Two accounts, the first of which owns our keys, and who wants what of them. */
function changeRequest(source: Source): fc.Arbitrary<Request> {
  const prefix = source === 'LEGACY' ? 'legacy:u' : 'site-partner:u'
  const id = fc.constantFrom(`${prefix}0`, `${prefix}1`, `${prefix}1`)
  const value = fc.constantFrom('A', 'B', 'C', 'D', 'E')
  const words = source === 'LEGACY' ? { role: value, locale: value } : {}
  const expectedUpdatedAt = fc.constantFrom(undefined, undefined, undefined, new Date(EPOCH))
  const fields = fc.record({ firstName: value, lastName: value, ...words, expectedUpdatedAt }, { requiredKeys: [] })
  const update = fc.record({
    at: when,
    patience,
    name: fc.constant('updateIdentity' as const),
    input: fc.tuple(id, fields).map(([id, given]) => Object.assign({ id }, given)),
  })
  const byId = (name: Request['name'], input: object = {}): fc.Arbitrary<Request> =>
    fc.record({ at: when, patience, name: fc.constant(name), input: id.map((id) => Object.assign({ id }, input)) })
  const others =
    source === 'LEGACY'
      ? [
          byId('deactivateIdentity'),
          byId('reactivateIdentity'),
          byId('deleteIdentity', { confirmEmail: 'OLD1@example.com' }),
        ]
      : [byId('deactivateIdentity')]
  return fc.oneof({ weight: 4, arbitrary: update }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })))
}

function peopleOf(source: Source): (readonly [string, Row])[] {
  const time = new Date(EPOCH).toISOString()
  return [0, 1].map((number) => {
    const email = `old${number}@example.com`
    const legacy = {
      user_id: `u${number}`,
      firstname: 'A',
      lastname: 'B',
      email,
      status: 'active',
      role: 'admin',
      timezone: 'UTC',
      locale: 'en',
    }
    const partner = {
      id: `u${number}`,
      firstName: 'A',
      lastName: 'B',
      email,
      isArchived: false,
      partner: { id: 'q' },
      network: { id: 'n' },
    }
    const row =
      source === 'LEGACY'
        ? { ...legacy, phone: '1', tags: ['x'], created_at: time, updated_at: time }
        : { ...partner, createdAt: time, updatedAt: time }
    return [`u${number}`, row] as const
  })
}

class Sums {
  readonly #counts: Record<string, number> = {}
  add(counts: object): void {
    for (const [name, value] of Object.entries(counts)) this.#counts[name] = this.of(name) + Number(value)
  }
  of(name: string): number {
    return this.#counts[name] ?? 0
  }
  print(title: string): void {
    console.log(`${title}: ${JSON.stringify(this.#counts)}`)
  }
}

const newVerdict = (): Verdict => ({ faults: [], counts: { schedules: 1 } })

describe.each(['LEGACY', 'SITE_PARTNER'] as const)('changes of %s accounts, whatever calls and others do', (source) => {
  it.each([
    ['', FAULTS],
    [' and writes that arrive late', [...FAULTS, 'late', 'late'] as const],
  ] as const)('lose nothing and tell no lie%s', async (title, faults) => {
    const sums = new Sums()
    const naive = { partial: new Sums(), merging: new Sums() }
    const schedule = fc.record({
      calls: calls(faults),
      requests: fc.array(changeRequest(source), { minLength: 1, maxLength: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(schedule, async (given) => {
        const whole: Schedule = { ...given, source, dialect: { unique: true, newest: 'last' } }
        const world = new WriteWorld(whole, changesByOthers)
        for (const [id, row] of peopleOf(source)) world.upstream.rows.set(id, row)
        const [, partial, merging] = await Promise.all([
          world.run(),
          runNaively(whole, peopleOf(source), changesByOthers, false),
          source === 'LEGACY' ? runNaively(whole, peopleOf(source), changesByOthers, true) : {},
        ])
        const verdict = newVerdict()
        judgeChanges(world, verdict)
        expect(verdict.faults).toEqual([])
        sums.add(verdict.counts)
        naive.partial.add(partial)
        naive.merging.add(merging)
      }),
      { numRuns: RUNS, seed: SEED },
    )
    sums.print(`changes in ${source}${title}`)
    naive.partial.print('  naive writer')
    if (source === 'LEGACY') naive.merging.print('  one that reads and merges')
    // Who always gives up tells no lie either.
    expect(sums.of('APPLIED')).toBeGreaterThan(sums.of('UNKNOWN OUTCOME_UNKNOWN') * 3)
    expect(naive.partial.of('falseAnswers')).toBeGreaterThan(0)
  })
})

const retries = fc.array(fc.record({ after: fc.integer({ min: 1, max: 6_000 }), sameKey: fc.boolean() }), {
  maxLength: 2,
})

function creationRequest(source: Source): fc.Arbitrary<Request> {
  const email = fc.constantFrom(...ADDRESSES, ADDRESSES[0].toUpperCase())
  const idempotencyKey = fc.constantFrom(undefined, undefined, 'k1', 'k2')
  const extras = source === 'LEGACY' ? { role: fc.constantFrom(undefined, 'R') } : {}
  const fixed = source === 'LEGACY' ? { lastName: 'Roe', password: PASSWORD } : { partnerId: 'p1' }
  const input = fc
    .record({ email, firstName: fc.constantFrom('Ann', 'Ben'), idempotencyKey, ...extras })
    .map((given) => Object.assign({}, given, fixed))
  const name = source === 'LEGACY' ? 'provisionLegacyIdentity' : 'provisionSitePartnerIdentity'
  return fc.record({ at: when, patience, name: fc.constant(name), input, retries })
}

describe.each(['LEGACY', 'SITE_PARTNER'] as const)('creations in %s', (source) => {
  it('make nobody twice and tell no lie, whatever calls and others do', async () => {
    const sums = new Sums()
    const naive = new Sums()
    const restart = fc.option(fc.record({ at: fc.integer({ min: 1, max: 5_000 }), keepsLedger: fc.boolean() }), {
      nil: undefined,
      freq: 5,
    })
    // Where a list is all there is, an account that it does not show yet is made again: there is no other way to look.
    const lag = source === 'LEGACY' ? (['lagging', 'lagging'] as const) : []
    const faults = [...FAULTS, 'late', 'late', 'unanswered', ...lag] as const
    const schedule = fc.record({
      calls: calls(faults),
      requests: fc.array(creationRequest(source), { minLength: 1, maxLength: 4 }),
      restart,
      dialect: fc.record({ unique: fc.boolean(), newest: fc.constantFrom('last', 'first') }),
      // A second page now and then.
      crowd: fc.integer({ min: 0, max: 15 }).map((at) => (at === 15 ? 130 : 0)),
    })
    await fc.assert(
      fc.asyncProperty(schedule, async ({ crowd, ...given }) => {
        const whole: Schedule = { ...given, source }
        const others = creationsByOthers(given.dialect.unique, source === 'LEGACY')
        const world = new WriteWorld(whole, others)
        const rows = Array.from({ length: crowd }, (_, index) => crowdMember(source, index))
        for (const [id, row] of rows) world.upstream.rows.set(id, row)
        const [, naively] = await Promise.all([world.run(), runNaively(whole, rows, others, false)])
        const verdict = newVerdict()
        judgeCreations(world, verdict, given.restart?.keepsLedger === false)
        expect(verdict.faults).toEqual([])
        sums.add(verdict.counts)
        naive.add(naively)
      }),
      { numRuns: RUNS, seed: SEED },
    )
    sums.print(`creations in ${source}`)
    naive.print('  naive writer')
    expect(sums.of('APPLIED')).toBeGreaterThan(sums.of('UNKNOWN OUTCOME_UNKNOWN'))
  })
})

function crowdMember(source: Source, index: number): readonly [string, Row] {
  const [, row] = peopleOf(source)[0] as readonly [string, Row]
  const id = `c${index}`
  return [id, { ...row, [source === 'LEGACY' ? 'user_id' : 'id']: id, email: `old-c${index}@example.com` }]
}
