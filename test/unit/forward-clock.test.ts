import { expect, it } from 'vitest'
import { createForwardClock } from '../../src/forward-clock.ts'

// After the machine's clock was set back by an hour, every later reading lost against the earlier ones for that hour: writes
// did not show, and whoever was deleted stayed.
it('goes on where the clock is set back, and follows where it is set forward', () => {
  let wall = 10_000_000
  let monotonic = 500
  const now = createForwardClock(
    () => wall,
    () => monotonic,
  )
  const after = (ms: number, step = 0): number => {
    monotonic += ms
    wall += ms + step
    return now().getTime()
  }
  expect(now().getTime()).toBe(10_000_000)
  expect(after(10)).toBe(10_000_010)
  expect(after(10, -3_600_000)).toBe(10_000_020)
  expect(after(5)).toBe(10_000_025)
  expect(after(5, 3_600_000)).toBe(10_000_030)
  expect(after(5, 7_000)).toBe(10_007_035)
})
