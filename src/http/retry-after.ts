/** A longer wait is not believed: one call a while later costs little, a source that is gone for a day much. */
const MAX_WAIT_MS = 120_000
/** Seconds above this are a moment of the epoch (Auth0's `X-RateLimit-Reset`), not a wait (Partnerize's). */
const EPOCH_FROM_SECONDS = 1_000_000_000
/** Their clock is told in whole seconds, so as long as the two agree ours is the better one. */
const CLOCKS_AGREE_MS = 5_000

/**
 * How long an upstream asks us to stay away, in milliseconds; undefined when it does not say. `Retry-After` in seconds or
 * as an HTTP date (RFC 9110), else Partnerize's `X-RateLimit-Retry-After`, else `X-RateLimit-Reset`.
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const theirNowMs = Date.parse(headers['date'] ?? '')
  // An instant is one by the clock of whoever names it.
  const clockMs = Math.abs(theirNowMs - nowMs) > CLOCKS_AGREE_MS ? theirNowMs : nowMs
  const waits = [
    readWait(headers['retry-after'], clockMs),
    readWait(headers['x-ratelimit-retry-after'], clockMs),
    readWait(headers['x-ratelimit-reset'], clockMs),
  ]
  const wait = waits.find((each) => each !== undefined)
  return wait === undefined ? undefined : Math.min(Math.max(wait, 0), MAX_WAIT_MS)
}

function readWait(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,12}(?:\.\d+)?$/.test(text.trim())) {
    const seconds = Number(text)
    return seconds >= EPOCH_FROM_SECONDS ? seconds * 1000 - nowMs : seconds * 1000
  }
  // What is no date to HTTP may be one to JavaScript: `-5` is in the year 2001.
  const moment = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(moment) ? undefined : moment - nowMs
}
