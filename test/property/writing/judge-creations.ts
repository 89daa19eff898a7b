import { count, judgeOverwriting, mayHaveArrived, wordOf, type Verdict } from './judge-changes.ts'
import type { Row } from './model-upstream.ts'
import { PASSWORD, type Attempt, type WriteWorld } from './write-world.ts'

const addressOf = (email: unknown): string => (typeof email === 'string' ? email.toLowerCase() : '')
const emailOf = (row: Row | null): string => addressOf(row?.['email'])

/** Holds every answer to a creation against what really happened. */
export function judgeCreations(world: WriteWorld, verdict: Verdict, forgets: boolean): void {
  const { upstream, attempts } = world
  const keyOf = ({ number, payload, input }: Attempt): string =>
    payload?.idempotencyKey ?? (input['idempotencyKey'] as string | undefined) ?? `none-${number}`
  const made = upstream.changes.flatMap((change, index) => {
    const attempt = typeof change.actor === 'number' ? attempts[change.actor] : undefined
    return attempt && !change.before ? [{ ...change, index, attempt, key: keyOf(attempt) }] : []
  })
  const fault = (attempt: Attempt, text: string): void =>
    void verdict.faults.push(`#${attempt.number} ${wordOf(attempt)}: ${text}`)

  const postedAt = ({ number }: Attempt): number =>
    upstream.calls.findIndex(({ mutation, operation }) => mutation === number && operation === 'POST')

  for (const { index, after, attempt, key, isLate } of made) {
    const earlier = made.filter((each) => each.index < index)
    const alive = upstream.rowsAt(index)
    const twin = earlier.find((each) => alive.has(each.id) && emailOf(alive.get(each.id) ?? null) === emailOf(after))
    const repeated = earlier.some((each) => each.key === key)
    if (!twin && !repeated) continue
    if (forgets) count(verdict, 'made twice, over a restart that forgets')
    else
      fault(attempt, `${repeated ? 'its key' : 'its address'} has two accounts${isLate ? ', the later one late' : ''}`)
  }

  for (const attempt of attempts) {
    count(verdict, wordOf(attempt))
    const { payload, error, number, from, to } = attempt
    const mine = made.filter((each) => each.attempt.number === number)
    // Who is told no may go and ask again: what the key makes after that is another matter.
    const ofKey = made.filter((each) => each.key === keyOf(attempt) && postedAt(each.attempt) < attempt.callsTo)
    if (error && mine.length > 0) fault(attempt, 'an error, but it was made')
    // It was not about this creation, but about the one that has the key.
    if (!payload || payload.errors.some(({ code }) => code === 'INVALID_INPUT')) continue
    const { outcome, identity, errors } = payload
    if (outcome === 'APPLIED' || outcome === 'PARTIAL') {
      if (!forgets && !ofKey.some((each) => each.id === identity?.sourceId))
        fault(attempt, 'it is not the one that was made')
    }
    if (outcome === 'REJECTED') {
      if (mine.length > 0 || (ofKey.length > 0 && !forgets)) fault(attempt, 'it was made')
      if (errors.some(({ code }) => code === 'EMAIL_TAKEN')) {
        const states = Array.from({ length: to - from + 1 }, (_, index) =>
          upstream.rowAt(String(identity?.sourceId), from + index),
        )
        const isHolder = states.some((row) => emailOf(row) === addressOf(attempt.input['email']))
        // A list may show those who have just gone.
        if (!isHolder && !upstream.calls.some((call) => call.fault === 'lagging'))
          fault(attempt, 'nobody had the address')
      }
    }
    const posts = upstream.calls.slice(0, attempt.callsTo).filter(({ operation }) => operation === 'POST')
    // Nobody knows how far a process had come that died.
    const someDied = attempts.some((each) => !each.payload && !each.error)
    if (outcome === 'UNKNOWN' && !posts.some(mayHaveArrived) && !someDied) fault(attempt, 'nothing can have been made')
    if (outcome === 'UNKNOWN' && upstream.calls.every((call) => !call.fault) && !forgets)
      fault(attempt, 'without a reason')
  }
  judgeOverwriting(world, verdict)
  const seen = JSON.stringify([
    attempts.map(({ payload, error }) => [payload, String(error)]),
    world.audit,
    world.unexpected.map(String),
  ])
  if (seen.includes(PASSWORD)) verdict.faults.push('a password is told')
}
