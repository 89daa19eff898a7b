import { describe, expect, it } from 'vitest'
import type { SweepPage } from '../../../src/directory/store/store.ts'
import { SweepSaver } from '../../../src/directory/sync/sweep-saver.ts'

function page(progress: number): SweepPage {
  return { source: 'LEGACY', sweep: 1, rows: [], askedAt: new Date(0), after: null, progress: String(progress) }
}

/** A store whose saves end when the test says so. */
function slowStore() {
  const saves: { readonly pages: string; readonly end: () => void; readonly fail: (error: unknown) => void }[] = []
  const saver = new SweepSaver(async (pages) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    saves.push({ pages: pages.map(({ progress }) => progress).join(), end: resolve, fail: reject })
    await promise
  })
  return { saver, saves, saved: () => saves.map(({ pages }) => pages) }
}

async function passTime(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('the pages of a sweep', () => {
  it('are saved at once while nothing is being saved, and together when they came meanwhile', async () => {
    const { saver, saves, saved } = slowStore()
    for (const number of [1, 2, 3]) await saver.take(page(number))
    expect(saved()).toEqual(['1'])
    saves[0]?.end()
    await passTime()
    expect(saved()).toEqual(['1', '2,3'])
  })

  it('are not taken faster than they are saved', async () => {
    const { saver, saves, saved } = slowStore()
    for (let number = 0; number <= 8; number++) await saver.take(page(number))
    let isTaken = false
    const taken = saver.take(page(9)).then(() => (isTaken = true))
    await passTime()
    expect(isTaken).toBe(false)
    saves[0]?.end()
    await taken
    expect(saved()).toEqual(['0', '1,2,3,4,5,6,7,8'])
  })

  it('are all saved when it ends', async () => {
    const { saver, saves } = slowStore()
    for (const number of [1, 2]) await saver.take(page(number))
    let isOver = false
    const ended = saver.end().then(() => (isOver = true))
    saves[0]?.end()
    await passTime()
    expect(isOver).toBe(false)
    saves[1]?.end()
    await ended
  })

  it('are not saved behind one that could not be', async () => {
    const { saver, saves, saved } = slowStore()
    for (const number of [1, 2]) await saver.take(page(number))
    saves[0]?.fail(new Error('full'))
    await passTime()
    expect(saved()).toEqual(['1'])
    await expect(saver.take(page(3))).rejects.toThrow('full')
    await expect(saver.end()).rejects.toThrow('full')
    expect(saved()).toEqual(['1'])
  })
})
