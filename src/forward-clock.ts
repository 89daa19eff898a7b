/**
 * The wall clock, but never set back: where it would be, time goes on by the monotonic one. What was asked for later has to
 * be dated later, or the older answer would win, a write of ours or a deletion among those that lose.
 *
 * @param wallNow milliseconds of the epoch.
 */
export function createForwardClock(
  wallNow: () => number = Date.now,
  monotonicNow: () => number = () => performance.now(),
): () => Date {
  let origin = Number.NEGATIVE_INFINITY
  return () => {
    const monotonic = monotonicNow()
    origin = Math.max(origin, wallNow() - monotonic)
    return new Date(origin + monotonic)
  }
}
