import type { Attempt, WriteWorld } from './write-world.ts'
import { OWNER } from './model-clients.ts'
import type { Call, Change, Row } from './model-upstream.ts'

/** What a change by a mutation was meant to make of the account, by the upstream's names. */
export function wantedOf({ name, input }: Pick<Attempt, 'name' | 'input'>): Row {
  if (name === 'deactivateIdentity') {
    const isLegacy = String(input['id']).startsWith('legacy:')
    return isLegacy ? { status: 'inactive' } : { email: null, isArchived: true }
  }
  if (name === 'reactivateIdentity') return { status: 'active' }
  const isSitePartner = String(input['id']).startsWith('site-partner:')
  const named = isSitePartner ? {} : { firstName: 'firstname', lastName: 'lastname' }
  const fields = Object.entries(input).filter(([field]) => !NO_FIELDS.has(field))
  return Object.fromEntries(fields.map(([field, value]) => [(named as Row)[field] ?? field, value])) as Row
}

const NO_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'expectedUpdatedAt',
  'confirmEmail',
  'password',
  'partnerId',
  'idempotencyKey',
])
const KEPT: ReadonlySet<string> = new Set(['updated_at', 'updatedAt'])

export const idOf = ({ input }: Pick<Attempt, 'input'>): string => String(input['id']).replace(/^[^:]+:/, '')

/** What is found wrong, in words; and what is only counted. */
export interface Verdict {
  readonly faults: string[]
  readonly counts: Record<string, number>
}

export function count({ counts }: Verdict, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by
}

/** Holds every answer to a change against what really happened. */
export function judgeChanges(world: WriteWorld, verdict: Verdict): void {
  for (const attempt of world.attempts) {
    const said = wordOf(attempt)
    count(verdict, said)
    const faults = [...judgeAnswer(world, attempt, verdict)]
    verdict.faults.push(...faults.map((fault) => `#${attempt.number} ${attempt.name} ${said}: ${fault}`))
  }
  judgeOverwriting(world, verdict)
}

export function wordOf({ payload, error }: Attempt): string {
  if (error) return 'error'
  return payload ? [payload.outcome, ...new Set(payload.errors.map(({ code }) => code))].join(' ') : 'died'
}

function* judgeAnswer({ upstream, attempts }: WriteWorld, attempt: Attempt, verdict: Verdict): Generator<string> {
  const { payload, error, number, from, to } = attempt
  const id = idOf(attempt)
  const calls = upstream.calls.filter(({ mutation }) => mutation === number)
  const writes = calls.filter(({ kind }) => kind === 'write')
  const commits = upstream.changes.filter(({ actor }) => actor === number)
  if (attempt.input['id'] === `legacy:${OWNER}` && writes.length > 0 && /delete|deactivate/.test(attempt.name))
    yield 'wrote to the owner of our keys'
  if (error) {
    if (commits.length > 0) yield 'an error, but it was done'
    return
  }
  if (!payload) return
  const codes = new Set(payload.errors.map(({ code }) => code))
  const others = upstream.changes.slice(from, to).filter((change) => change.id === id && change.actor !== number)
  const wanted = wantedOf(attempt)
  const expected = attempt.input['expectedUpdatedAt']
  const first = calls.find(({ seen }) => seen !== undefined)?.seen
  if (expected instanceof Date && commits.length > 0) {
    const row = upstream.rowAt(id, first ?? from)
    if (Date.parse(String(row?.['updated_at'] ?? row?.['updatedAt'])) !== expected.getTime()) yield 'it was newer'
  }
  switch (payload.outcome) {
    case 'APPLIED':
      if (commits.length === 0 && others.length === 0) yield 'nothing was done'
      if (attempt.name === 'deleteIdentity') yield* judgeDeletion(upstream.rowAt(id, to), payload.identity?.email)
      else yield* judgeApplied(id, calls, wanted, upstream.rowAt.bind(upstream))
      return
    case 'UNCHANGED': {
      if (writes.length > 0) yield 'something was written'
      const states = range(from, to).map((seen) => upstream.rowAt(id, seen))
      if (!states.some((row) => row && isReached(row, wanted))) yield 'it was not so'
      return
    }
    case 'REJECTED':
    case 'PARTIAL':
      if (codes.has('CONFLICT')) {
        // Our own writes wait for each other, so only strangers come between, and what was given up before.
        const strangers = others.filter((change) => isStray(attempts, change))
        if (strangers.length === 0 && !attempt.input['expectedUpdatedAt']) yield 'nobody else was there'
      } else if (commits.length > 0) {
        // It was taken back at once: the answer says only that the account does not show it.
        if (codes.has('REJECTED_BY_SOURCE') && others.length > 0) count(verdict, 'taken back at once')
        else yield 'it was done'
      }
      return
    default: {
      if (!writes.some(mayHaveArrived)) yield 'nothing can have been written'
      const hadTrouble = calls.some(({ fault }) => fault) || attempt.endedAt - attempt.startedAt >= 9_000
      if (!hadTrouble) yield 'without a reason'
    }
  }
}

/** A refusal counts: it may be the second try's. */
export function mayHaveArrived({ fault }: Call): boolean {
  return fault !== 'not sent' && fault !== 'throttled'
}

/** Somebody else's, or ours when we had given it up. */
function isStray(attempts: readonly Attempt[], { actor, at, isLate }: Change): boolean {
  return actor === 'foreign' || isLate || (attempts[actor]?.endedAt ?? 0) < at
}

function* judgeDeletion(after: Row | null, email: unknown): Generator<string> {
  if (after) yield 'it is still there'
  if (!email) yield 'it does not say who it was'
}

/** The account as it was last seen is the one that was read before the last write, with the changes, and nothing else. */
function* judgeApplied(
  id: string,
  calls: readonly Call[],
  wanted: Row,
  rowAt: (id: string, seen: number) => Row | null,
): Generator<string> {
  const lastWrite = calls.findLastIndex(({ kind }) => kind === 'write')
  const saw = (call: Call): Row | null | undefined =>
    call.kind === 'list' ? (call.seen === undefined ? undefined : rowAt(id, call.seen)) : call.row
  const base = calls
    .slice(0, lastWrite)
    .map(saw)
    .findLast((row) => row !== undefined)
  const final = calls.map(saw).findLast((row) => row !== undefined)
  if (!base || !final) {
    yield 'it was never looked at'
    return
  }
  if (!isReached(final, wanted)) yield 'it is not so'
  const moved = differences(final, { ...base, ...wanted }).filter((field) => field !== 'email' || !('email' in wanted))
  if (moved.length > 0 && !('isArchived' in wanted)) yield `somebody else’s change goes unsaid: ${moved.join()}`
}

function isReached(row: Row, wanted: Row): boolean {
  return Object.entries(wanted).every(([field, value]) => text(row[field]) === text(value))
}

const text = (value: unknown): string => (JSON.stringify(value ?? '') ?? '').toLowerCase()

function differences(one: Row, other: Row): string[] {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...fields].filter(
    (field) => !KEPT.has(field) && JSON.stringify(one[field] ?? null) !== JSON.stringify(other[field] ?? null),
  )
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** No write of ours changes what it was not asked to, except what somebody else changed after we had read it. */
export function judgeOverwriting({ upstream, attempts }: WriteWorld, verdict: Verdict): void {
  for (const [index, change] of upstream.changes.entries()) {
    const { actor, before, after, id } = change
    const attempt = typeof actor === 'number' ? attempts[actor] : undefined
    if (!attempt || !before || !after) continue
    const wanted = wantedOf(attempt)
    for (const field of differences(before, after).filter((name) => !(name in wanted))) {
      const former = lastChangeOf(field, id, upstream.changes.slice(0, index))
      if (former?.actor === 'foreign') count(verdict, 'somebody else’s change overwritten before anybody could see')
      else if (isStray(attempts, change)) count(verdict, 'own change overwritten by a write that was given up before')
      else
        verdict.faults.push(
          `#${attempt.number} ${attempt.name}: lost ${field} that ${former?.actor ?? 'nobody'} had set`,
        )
    }
  }
}

function lastChangeOf(field: string, id: string, changes: readonly Change[]): Change | undefined {
  return changes.findLast(
    ({ id: each, before, after }) =>
      each === id && JSON.stringify(before?.[field] ?? null) !== JSON.stringify(after?.[field] ?? null),
  )
}
