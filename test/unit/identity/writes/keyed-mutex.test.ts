import { describe, expect, it } from 'vitest'
import { KeyedMutex } from '../../../../src/identity/writes/keyed-mutex.ts'

const live = (): AbortSignal => new AbortController().signal

/** A task that ends when it is told to. */
function task(name: string, log: string[]) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const run = async (): Promise<string> => {
    log.push(`${name} begins`)
    await promise
    log.push(`${name} ends`)
    return name
  }
  return { run, end: resolve }
}

const turns = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('a keyed mutex', () => {
  it('runs the tasks of a key one after the other, and those of another key meanwhile', async () => {
    const [mutex, log] = [new KeyedMutex(), [] as string[]]
    const [a, b, other] = [task('a', log), task('b', log), task('other', log)]
    const runs = [mutex.run('k', live(), a.run), mutex.run('k', live(), b.run), mutex.run('o', live(), other.run)]
    await turns()
    expect(log).toEqual(['a begins', 'other begins'])
    b.end()
    other.end()
    a.end()
    expect(await Promise.all(runs)).toEqual(['a', 'b', 'other'])
    expect(log.filter((line) => !line.startsWith('other'))).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('goes on after a task that failed', async () => {
    const mutex = new KeyedMutex()
    const failing = mutex.run('k', live(), async () => Promise.reject(new Error('no')))
    const next = mutex.run('k', live(), async () => 'yes')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })

  it('lets go who waits no longer, and nobody passes those who were before', async () => {
    const [mutex, log] = [new KeyedMutex(), [] as string[]]
    const [first, last] = [task('first', log), task('last', log)]
    const leaving = new AbortController()
    const running = mutex.run('k', live(), first.run)
    const left = mutex.run('k', leaving.signal, async () => log.push('never'))
    const waiting = mutex.run('k', live(), last.run)
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await turns()
    expect(log).toEqual(['first begins'])
    first.end()
    last.end()
    await Promise.all([running, waiting])
    expect(log).toEqual(['first begins', 'first ends', 'last begins', 'last ends'])
  })

  it('keeps nothing of keys that nobody holds', async () => {
    const mutex = new KeyedMutex()
    await Promise.all(['a', 'a', 'b'].map((key) => mutex.run(key, live(), turns)))
    await turns()
    expect(mutex.size).toBe(0)
  })
})
