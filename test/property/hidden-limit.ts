import type { HttpResponse } from '../../src/http/transport.ts'

/** An upstream that tells nobody how much it takes. Instants in milliseconds. */
export interface HiddenLimit {
  /** The answer to a call at this instant. */
  readonly answer: (now: number) => HttpResponse
}

const OK: HttpResponse = { status: 200, headers: {}, body: {} }
const TOO_MANY: HttpResponse = { status: 429, headers: {}, body: {} }

/** So many in a second on the long run, and so many at once. */
export function tokenBucket(perSecond: number, burst: number): HiddenLimit {
  let tokens = burst
  let countedAt = 0
  return {
    answer(now) {
      tokens = Math.min(tokens + ((now - countedAt) / 1000) * perSecond, burst)
      countedAt = now
      if (tokens < 1) return TOO_MANY
      tokens--
      return OK
    },
  }
}

/** So many in each whole second, counted anew with each. */
export function fixedWindow(perSecond: number): HiddenLimit {
  let window = 0
  let count = 0
  return {
    answer(now) {
      if (Math.floor(now / 1000) !== window) count = 0
      window = Math.floor(now / 1000)
      return ++count > perSecond ? TOO_MANY : OK
    },
  }
}

export interface PenaltyBox extends HiddenLimit {
  /** The bans that there were, as the instants of their ends. */
  readonly bansEndedAt: readonly number[]
  readonly bannedMs: () => number
}

/** Who is refused ten times within a second is banned, and every call during the ban makes it begin anew. */
export function penaltyBox(limit: HiddenLimit, banMs: number): PenaltyBox {
  let refusals: number[] = []
  let beganAt = 0
  let bannedUntil = Number.NEGATIVE_INFINITY
  let bannedMs = 0
  const bansEndedAt: number[] = []
  return {
    bansEndedAt,
    bannedMs: () => bannedMs,
    answer(now) {
      if (now < bannedUntil) {
        bannedUntil = now + banMs
        return TOO_MANY
      }
      if (bannedUntil > 0) {
        bansEndedAt.push(bannedUntil)
        bannedMs += bannedUntil - beganAt
        bannedUntil = Number.NEGATIVE_INFINITY
      }
      const answer = limit.answer(now)
      if (answer === OK) return answer
      refusals = [...refusals.filter((at) => at > now - 1000), now]
      if (refusals.length >= 10) {
        refusals = []
        beganAt = now
        bannedUntil = now + banMs
      }
      return answer
    },
  }
}
