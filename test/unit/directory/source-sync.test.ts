import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { upstreamError } from '../../../src/errors.ts'
import type {
  CursorAccountSource,
  CursorPage,
  CursorPageToken,
  ReadScope,
} from '../../../src/identity/account-source.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { driveSync, POLL_INTERVAL_MS } from '../../integration/driven-sync.ts'
import { MemoryStore } from '../../property/memory-store.ts'

const rows = (...ids: string[]): Identity[] => ids.map((sourceId) => ({ sourceId }) as Identity)
const live = new AbortController().signal

/** A cursor source that answers as it is told, and keeps what it was asked. */
function listSource(...ids: string[]) {
  const scopes: ReadScope[] = []
  const list = { ids, answer: async (page: CursorPage, _signal: AbortSignal): Promise<CursorPage> => page }
  const readPage = async ({ after, size }: CursorPageToken, scope: ReadScope): Promise<CursorPage | null> => {
    scope.signal.throwIfAborted()
    scopes.push(scope)
    const start = after === null ? 0 : list.ids.indexOf(after) + 1
    if (after !== null && start === 0) return null
    const page = { rows: rows(...list.ids.slice(start, start + size)), more: start + size < list.ids.length }
    return list.answer(page, scope.signal)
  }
  const source: CursorAccountSource = { source: 'SITE_PARTNER', paging: 'cursor', readPage }
  return { source, list, scopes }
}

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}

describe('who waits for a sweep', () => {
  it('gets the last whole one, if it began late enough, without a call', async () => {
    const { source, scopes } = listSource('a')
    const driven = driveSync(source)
    await driven.resting()
    const calls = scopes.length
    await driven.sync.whenFresh(Number.NEGATIVE_INFINITY, live)
    expect(scopes).toHaveLength(calls)
  })

  it('gets a new one at once, one for all who wait, and not behind other calls', async () => {
    const { source, list, scopes } = listSource('a')
    const driven = driveSync(source)
    await driven.resting()
    list.ids.push('b')
    const now = performance.now()
    await Promise.all([driven.sync.whenFresh(now, live), driven.sync.whenFresh(now, live)])
    expect(driven.reports).toHaveLength(2)
    expect(driven.store.rows.has('b')).toBe(true)
    expect(scopes.map((scope) => scope.background)).toEqual([true, false])
  })

  it('does not get one that began before', async () => {
    const { source, list } = listSource('a')
    const driven = driveSync(source)
    await driven.resting()
    const [asked, answered] = [gate(), gate()]
    list.answer = async (page) => {
      asked.open()
      await answered.passed
      return page
    }
    const first = driven.sync.whenFresh(performance.now(), live)
    await asked.passed
    const second = driven.sync.whenFresh(performance.now(), live)
    answered.open()
    await first
    expect(driven.reports).toHaveLength(2)
    await second
    expect(driven.reports).toHaveLength(3)
  })

  it('gets the one that runs, and no other follows it', async () => {
    const { source, list } = listSource('a')
    const [asked, answered] = [gate(), gate()]
    list.answer = async (page) => {
      asked.open()
      await answered.passed
      return page
    }
    const driven = driveSync(source)
    await asked.passed
    const fresh = driven.sync.whenFresh(Number.NEGATIVE_INFINITY, live)
    answered.open()
    await fresh
    await driven.resting()
    expect(driven.reports).toHaveLength(1)
  })

  it('learns why there is none', async () => {
    const { source, list } = listSource('a')
    const driven = driveSync(source)
    await driven.resting()
    list.answer = async () => {
      throw upstreamError('UPSTREAM_THROTTLED', 'SITE_PARTNER')
    }
    const fresh = driven.sync.whenFresh(performance.now(), live)
    await expect(fresh).rejects.toMatchObject({ code: 'UPSTREAM_THROTTLED' })
  })

  it('may leave', async () => {
    const { source, list } = listSource('a')
    const driven = driveSync(source)
    await driven.resting()
    const asked = gate()
    list.answer = async (_page, signal) => {
      asked.open()
      return untilAborted(signal)
    }
    const controller = new AbortController()
    const fresh = driven.sync.whenFresh(performance.now(), controller.signal)
    await asked.passed
    const reason = new Error('gone')
    controller.abort(reason)
    await expect(fresh).rejects.toBe(reason)
  })

  it('is told when the server shuts down', async () => {
    const { source, list } = listSource('a')
    list.answer = async (_page, signal) => untilAborted(signal)
    const { sync } = driveSync(source)
    const fresh = sync.whenFresh(0, live).catch((error: unknown) => error)
    await sync.stop()
    expect(await fresh).toMatchObject({ code: 'DIRECTORY_NOT_READY' })
    await expect(sync.whenFresh(0, live)).rejects.toMatchObject({ code: 'DIRECTORY_NOT_READY' })
  })
})

async function nextMillisecond(): Promise<void> {
  const now = Date.now()
  while (Date.now() === now) await setImmediate()
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

describe('what the store is told', () => {
  it.each(['offset', 'cursor'] as const)('is when an answer was asked for, not when it came (%s)', async (paging) => {
    const store = new MemoryStore()
    const person = (firstName: string): Identity => ({ sourceId: 'a', firstName }) as Identity
    // While the page is under way, a write of ours has shown a newer state.
    let calls = 0
    const readPage = async (): Promise<CursorPage> => {
      if (calls++ > 0) return { rows: [], more: false }
      await nextMillisecond()
      await store.save({ source: 'LEGACY', rows: [person('new')], askedAt: new Date() })
      await nextMillisecond()
      return { rows: [person('old')], more: false }
    }
    const offset = { source: 'LEGACY', paging: 'offset', readPage, readOne: async () => null } as const
    const source = paging === 'offset' ? offset : ({ source: 'SITE_PARTNER', paging: 'cursor', readPage } as const)
    const driven = driveSync(source, store)
    await driven.resting()
    expect(driven.reports).toMatchObject([{ outcome: 'WHOLE', users: 1 }])
    expect(store.rows.get('a')?.identity.firstName).toBe('new')
  })

  it('never comes from a call that somebody else began before', async () => {
    const { source, scopes } = listSource('a')
    const before = performance.now()
    await driveSync(source).resting()
    expect(scopes.every((scope) => scope.notBefore >= before)).toBe(true)
  })
})

describe('syncing while the store or the upstream fails', () => {
  it('reports a fault of the store, waits, and goes on', async () => {
    const store = new MemoryStore()
    const save = store.saveSweepPages.bind(store)
    let isFull = true
    store.saveSweepPages = async (pages) => {
      if (isFull) throw new Error('disk full')
      return save(pages)
    }
    const driven = driveSync(listSource('a').source, store)
    expect(await driven.resting()).toBeCloseTo(1_000, -2)
    expect(driven.reports).toMatchObject([{ outcome: 'INTERRUPTED', code: 'INTERNAL_SERVER_ERROR' }])
    expect(driven.unexpected).toHaveLength(1)
    isFull = false
    expect(await driven.sweep()).toMatchObject({ outcome: 'WHOLE', users: 1 })
    expect(driven.sync.state.code).toBeNull()
  })

  it('begins anew with a bookmark that it does not understand', async () => {
    const store = new MemoryStore()
    const { sweep } = await store.openSweep('SITE_PARTNER', new Date())
    const page = { source: 'SITE_PARTNER', sweep, rows: [], askedAt: new Date(), after: null } as const
    await store.saveSweepPages([{ ...page, progress: '{"v":99}' }])
    const driven = driveSync(listSource('a', 'b').source, store)
    await driven.resting()
    expect(driven.reports).toMatchObject([{ outcome: 'WHOLE', users: 2 }])
    expect(store.closed).toMatchObject([{ sweep: sweep + 1, whole: true }])
  })

  it('looks for new accounts less often while looking fails', async () => {
    const { source, list } = listSource('a')
    const driven = driveSync(source)
    const pauses = [await driven.resting()]
    list.answer = async () => {
      throw upstreamError('UPSTREAM_UNAVAILABLE', 'SITE_PARTNER')
    }
    pauses.push(await driven.goOn())
    expect(driven.sync.state.code).toBe('UPSTREAM_UNAVAILABLE')
    pauses.push(await driven.goOn())
    list.answer = async (page) => page
    pauses.push(await driven.goOn())
    expect(pauses.map((ms) => Math.round(ms / POLL_INTERVAL_MS))).toEqual([1, 2, 4, 1])
    expect(driven.sync.state.code).toBeNull()
  })

  it('stops at once, and lets what was answered be saved', async () => {
    const store = new MemoryStore()
    const [saving, saved] = [gate(), gate()]
    const save = store.saveSweepPages.bind(store)
    store.saveSweepPages = async (pages) => {
      saving.open()
      await saved.passed
      return save(pages)
    }
    const driven = driveSync(listSource('a').source, store)
    await saving.passed
    const order: string[] = []
    const stopped = driven.sync.stop().then(() => order.push('stopped'))
    order.push('answered')
    saved.open()
    await stopped
    expect(order).toEqual(['answered', 'stopped'])
    expect(store.rows.has('a')).toBe(true)
  })
})
