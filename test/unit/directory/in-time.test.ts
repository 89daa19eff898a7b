import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { inTime } from '../../../src/directory/in-time.ts'

const never = new Promise<never>(() => {})

it('gives what was asked, or why that failed', async () => {
  const { signal } = new AbortController()
  expect(await inTime(Promise.resolve(1), signal)).toBe(1)
  await expect(inTime(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken')
})

// Questions that queued behind slow ones were waited for however long that took: no deadline ended them.
it('waits no longer than the signal allows, and late failures hurt nobody', async () => {
  const controller = new AbortController()
  const { promise, reject } = Promise.withResolvers<number>()
  const waiting = [inTime(never, controller.signal), inTime(promise, controller.signal)]
  controller.abort(new Error('time is up'))
  for (const each of waiting) await expect(each).rejects.toThrow('time is up')
  await expect(inTime(never, controller.signal)).rejects.toThrow('time is up')
  reject(new Error('too late'))
  await setImmediate()
})
