import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createUpstreams, type Upstreams } from '../../src/app/upstreams.ts'
import { readConfig } from '../../src/config.ts'
import type { AccountSource, CursorAccountSource } from '../../src/identity/account-source.ts'
import type { IdentitySource } from '../../src/identity/identity.ts'
import { TIMING } from '../../src/timing.ts'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'
import { MemoryStore } from '../property/memory-store.ts'
import { driveSync, POLL_INTERVAL_MS, SWEEP_INTERVAL_MS, type DrivenSync } from './driven-sync.ts'

let simulator: Simulator
let sources: Upstreams

beforeAll(async () => void (simulator = await startSimulator()))
beforeEach(async () => {
  simulator.reset()
  // Of each test's own: what one upstream did to a breaker must not be felt by the next test.
  const config = readConfig({ ACCESS: 'open', ...simulator.environment })
  sources = createUpstreams(config, { ...TIMING, attemptTimeoutMs: 10_000 })
  const read = source('SITE_PARTNER').readPage as CursorAccountSource['readPage']
  await read({ after: null, size: 1 }, { signal: new AbortController().signal, notBefore: performance.now() })
  simulator.sitePartner.calls.reset()
})
afterEach(async () => void (await Promise.all(sources.transports.map((transport) => transport.close()))))
afterAll(async () => simulator.close())

const source = (name: IdentitySource): AccountSource =>
  sources.sources.find((each) => each.source === name) as AccountSource

const LIST = { LEGACY: 'GET /user', SITE_PARTNER: 'GET /asset-management/v1/site-partner-users' } as const

const upstream = (name: IdentitySource) => (name === 'LEGACY' ? simulator.legacy : simulator.sitePartner)
const calls = (name: IdentitySource): number =>
  upstream(name).calls.count() - upstream(name).calls.count('POST /oauth/token')
const remove = (name: IdentitySource, id: string): boolean => upstream(name).people.remove(id)
const ids = (name: IdentitySource): string[] =>
  name === 'LEGACY'
    ? simulator.legacy.people.list().map((person) => person.user_id)
    : simulator.sitePartner.people.list().map((person) => person.id)
const held = ({ store }: DrivenSync): string[] => [...store.rows.keys()].toSorted()

const NAMES = ['LEGACY', 'SITE_PARTNER'] as const

describe.each(NAMES)('syncing %s over HTTP', (name) => {
  const insert = (index?: number): string =>
    name === 'LEGACY'
      ? simulator.legacy.people.insert({}, index).user_id
      : simulator.sitePartner.people.insert({}, index).id

  it('reads a quiet list of 1,000 in no more than twelve calls, and looks for new accounts in one', async () => {
    const driven = driveSync(source(name))
    expect(await driven.resting()).toBeLessThanOrEqual(POLL_INTERVAL_MS)
    expect(driven.reports).toMatchObject([{ source: name, outcome: 'WHOLE', users: 1_000, added: 1_000, gone: 0 }])
    expect(calls(name)).toBe(name === 'LEGACY' ? 12 : 10)
    expect(held(driven)).toEqual(ids(name).toSorted())
    expect(driven.sync.state).toMatchObject({ firstSweepWhole: true, users: 1_000, running: null, code: null })

    upstream(name).calls.reset()
    await driven.goOn()
    expect(calls(name)).toBe(1)

    // The second time the length is known: pages are read side by side, and still no call is made in vain.
    await driven.sweep()
    upstream(name).calls.reset()
    const report = await driven.sweep()
    expect(report).toMatchObject({ outcome: 'WHOLE', users: 1_000, added: 0, changed: 0, missing: 0 })
    const looks = SWEEP_INTERVAL_MS / POLL_INTERVAL_MS - 1
    expect(calls(name)).toBe((name === 'LEGACY' ? 12 : 10) + looks)
  })

  it('finds somebody new at the end with the next look, in at most two calls', async () => {
    const driven = driveSync(source(name))
    await driven.resting()
    const newcomers = Array.from({ length: 120 }, () => insert())
    upstream(name).calls.reset()
    await driven.goOn()
    expect(calls(name)).toBe(2)
    expect(newcomers.slice(0, 99).filter((id) => !driven.store.rows.has(id))).toEqual([])
    await driven.goOn()
    expect(newcomers.filter((id) => !driven.store.rows.has(id))).toEqual([])
  })

  it('learns from a sweep that new accounts stand at the start, and looks there from then on', async () => {
    const driven = driveSync(source(name))
    await driven.resting()
    const first = insert(0)
    await driven.goOn()
    expect(driven.store.rows.has(first)).toBe(false)
    await driven.sweep()
    expect(driven.store.rows.has(first)).toBe(true)
    const second = insert(0)
    upstream(name).calls.reset()
    await driven.goOn()
    expect(driven.store.rows.has(second)).toBe(true)
    expect(calls(name)).toBe(1)
  })

  it('calls an account gone only when it was asked for', async () => {
    const driven = driveSync(source(name))
    await driven.resting()
    const gone = ids(name)[500] as string
    remove(name, gone)
    upstream(name).calls.reset()
    expect(await driven.sweep()).toMatchObject({ outcome: 'WHOLE', missing: 1, gone: 1 })
    expect(driven.store.rows.has(gone)).toBe(false)
    expect(held(driven)).toEqual(ids(name).toSorted())
    expect(simulator.legacy.calls.count('GET /user/{user_id}')).toBe(name === 'LEGACY' ? 1 : 0)
  })

  it('keeps an account that the upstream cannot be asked about', async () => {
    const driven = driveSync(source(name))
    await driven.resting()
    const gone = ids(name)[500] as string
    remove(name, gone)
    // After the sweep's own pages, and the looks before it; each try of the call fails.
    const skip = name === 'LEGACY' ? 0 : 10 + 11
    const endpoint = name === 'LEGACY' ? 'GET /user/{user_id}' : LIST.SITE_PARTNER
    upstream(name).faults.add({ kind: 'status', status: 500, endpoint, skip, times: 3 })
    expect(await driven.sweep()).toMatchObject({ outcome: 'WHOLE', code: 'UPSTREAM_UNAVAILABLE', gone: 0 })
    expect(driven.store.rows.has(gone)).toBe(true)
    expect(await driven.sweep()).toMatchObject({ outcome: 'WHOLE', code: null, gone: 1 })
  })

  it('concludes nothing while more than a twentieth is missing, however often, until they are back', async () => {
    const driven = driveSync(source(name))
    await driven.resting()
    const people = upstream(name).people
    const lost = ids(name).slice(100, 160)
    const records = lost.map((id) => people.get(id) as object)
    for (const id of lost) people.remove(id)
    for (let round = 0; round < 2; round++) {
      expect(await driven.sweep()).toMatchObject({ outcome: 'WHOLE', missing: 60, gone: 0 })
      expect(driven.sync.state.missingAlarm).toEqual({ count: 60, known: 1_000 })
    }
    expect(driven.alarms).toEqual([{ count: 60, known: 1_000 }])
    expect(driven.store.rows.size).toBe(1_000)
    expect(simulator.legacy.calls.count('GET /user/{user_id}')).toBe(0)
    for (const record of records) people.insert(record)
    expect(await driven.sweep()).toMatchObject({ outcome: 'WHOLE', missing: 0 })
    expect(driven.alarms.at(-1)).toBeNull()
    expect(held(driven)).toEqual(ids(name).toSorted())
  })

  it.each([
    [{ kind: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'drop' }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'not-json' }, 'UPSTREAM_INVALID_RESPONSE'],
    [{ kind: 'throttle' }, 'UPSTREAM_THROTTLED'],
  ] as const)('goes on where %j stopped it', async (fault, code) => {
    upstream(name).faults.add({ ...fault, endpoint: LIST[name], skip: 6 })
    const driven = driveSync(source(name))
    expect(await driven.resting()).toBeLessThan(POLL_INTERVAL_MS)
    expect(driven.reports).toMatchObject([{ outcome: 'INTERRUPTED', code, pages: 6 }])
    expect(driven.sync.state).toMatchObject({ firstSweepWhole: false, code })
    upstream(name).faults.clear()
    upstream(name).calls.reset()
    await driven.goOn()
    expect(driven.reports.at(-1)).toMatchObject({ outcome: 'WHOLE', code: null, users: 1_000 })
    expect(calls(name)).toBe((name === 'LEGACY' ? 12 : 10) - 6)
    expect(held(driven)).toEqual(ids(name).toSorted())
  })

  it('goes on in another process, over the same store', async () => {
    upstream(name).faults.add({ kind: 'hold', endpoint: LIST[name], skip: 6, times: 1 })
    const first = driveSync(source(name))
    await upstream(name).faults.whenHeld(1)
    await first.sync.stop()
    expect(first.reports).toEqual([])
    const second = driveSync(source(name), first.store)
    await second.resting()
    expect(second.reports).toMatchObject([{ outcome: 'WHOLE', users: 1_000 }])
    expect(calls(name)).toBe((name === 'LEGACY' ? 12 : 10) + 1)
    expect(held(second)).toEqual(ids(name).toSorted())
  })

  it('does not press an upstream that refuses its credentials', async () => {
    upstream(name).faults.add({ kind: 'status', status: 403, endpoint: LIST[name] })
    const driven = driveSync(source(name))
    expect(await driven.resting()).toBeGreaterThan(SWEEP_INTERVAL_MS * 0.9)
    expect(driven.sync.state.code).toBe('UPSTREAM_UNAUTHORIZED')
  })

  it('waits longer after every failure, up to the time between two sweeps', async () => {
    upstream(name).faults.add({ kind: 'status', status: 500, endpoint: LIST[name] })
    const driven = driveSync(source(name))
    const pauses = [await driven.resting()]
    while (pauses.length < 8) pauses.push(await driven.goOn())
    const seconds = pauses.map((ms) => Math.round(ms / 1_000))
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  })
})

describe('completing LEGACY accounts whose list rows lack fields', () => {
  const lacking = async (store: MemoryStore): Promise<readonly string[]> =>
    (await store.lacking('LEGACY', 2_000)).sourceIds

  it('asks for them one by one, some after each look', async () => {
    simulator.legacy.switches.rows = 'guide'
    const store = new MemoryStore()
    const driven = driveSync(source('LEGACY'), store)
    await driven.resting()
    expect(await lacking(store)).toHaveLength(1_000)
    await driven.goOn()
    expect(await lacking(store)).toHaveLength(800)
    await driven.goOn()
    expect(await lacking(store)).toHaveLength(600)
    expect(simulator.legacy.calls.count('GET /user/{user_id}')).toBe(400)
  })

  it('gives it up with an upstream whose single answers lack them too', async () => {
    simulator.legacy.switches.rows = 'guide'
    simulator.legacy.switches.detail = 'sparse'
    const store = new MemoryStore()
    const driven = driveSync(source('LEGACY'), store)
    for (let look = 0; look < 4; look++) await driven.goOn()
    // Twenty, and those that were under way beside the twentieth.
    expect(simulator.legacy.calls.count('GET /user/{user_id}')).toBeLessThan(24)
  })
})

describe('lists that behave as no document says', () => {
  it.each(['last-page', 'not-found'] as const)('takes a LEGACY list for whole whose end is %s', async (pastEnd) => {
    simulator.legacy.switches.pastEnd = pastEnd
    remove('LEGACY', ids('LEGACY')[5] as string)
    const driven = driveSync(source('LEGACY'))
    await driven.resting()
    expect(driven.reports).toMatchObject([{ outcome: 'WHOLE', users: 999 }])
  })

  it('gives up a LEGACY list that shows its first page again and again, and concludes nothing', async () => {
    simulator.legacy.switches.ignorePage = true
    const driven = driveSync(source('LEGACY'))
    await driven.resting()
    await driven.goOn()
    await driven.goOn()
    expect(driven.reports.at(-1)).toMatchObject({ outcome: 'NOT_WHOLE', code: 'UPSTREAM_INVALID_RESPONSE' })
    expect(driven.sync.state.firstSweepWhole).toBe(false)
    expect(driven.store.rows.size).toBe(100)
  })

  it.each(['cursorStuck', 'hasMoreWithoutItems', 'omitItems'] as const)(
    'gives up a SITE_PARTNER list with %s, and keeps whom it knows',
    async (fault) => {
      const driven = driveSync(source('SITE_PARTNER'))
      await driven.resting()
      simulator.sitePartner.switches[fault] = true
      for (let round = 0; round < 3; round++) await driven.sweep()
      expect(driven.reports.filter((report) => report.outcome === 'WHOLE')).toHaveLength(1)
      expect(driven.sync.state.code).not.toBeNull()
      expect(driven.store.rows.size).toBe(1_000)
      simulator.sitePartner.switches[fault] = false
      expect(await driven.sweep()).toMatchObject({ outcome: 'WHOLE', missing: 0 })
    },
  )

  it('keeps whom an upstream does not show any more but still knows, for three sweeps', async () => {
    simulator.sitePartner.switches.unknownCursor = 'empty'
    const driven = driveSync(source('SITE_PARTNER'))
    await driven.resting()
    remove('SITE_PARTNER', ids('SITE_PARTNER')[7] as string)
    const gone = [await driven.sweep(), await driven.sweep(), await driven.sweep()].map((report) => report.gone)
    expect(gone).toEqual([0, 0, 1])
  })
})
