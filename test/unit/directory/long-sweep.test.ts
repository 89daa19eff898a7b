import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { SourceSync } from '../../../src/directory/sync/source-sync.ts'
import type { SweepReport } from '../../../src/directory/sync/sync-report.ts'
import type { OffsetAccountSource } from '../../../src/identity/account-source.ts'
import { MemoryStore } from '../../property/memory-store.ts'
import { account, listed } from '../../fixtures/accounts.ts'

const source = 'LEGACY'
const POLL_INTERVAL_MS = 5_000

/** A list of 2,500, of which a page takes two seconds. Time passes with its calls and its pauses only. */
function slowList() {
  let time = 0
  const ids = Array.from({ length: 2_500 }, (_, n) => `u${n}`)
  const single: number[] = []
  const accounts: OffsetAccountSource = {
    source,
    paging: 'offset',
    readPage: async ({ page, size }) => {
      await setImmediate()
      time += 2_000
      return {
        rows: ids.slice((page - 1) * size, page * size).map((sourceId) => listed(account({ source, sourceId }))),
      }
    },
    readOne: async (sourceId) => {
      single.push(time)
      return ids.includes(sourceId) ? account({ source, sourceId }) : null
    },
  }
  const reports: SweepReport[] = []
  const order: string[] = []
  const store = new MemoryStore()
  const [close, remove] = [store.closeSweep.bind(store), store.remove.bind(store)]
  store.closeSweep = async (sweep) => close(sweep).then(() => void order.push('closed'))
  store.remove = async (...parameters) => remove(...parameters).then(() => void order.push('removed'))
  const sync = new SourceSync(accounts, {
    writer: store,
    sweepIntervalMs: 1,
    pollIntervalMs: POLL_INTERVAL_MS,
    clock: {
      now: () => new Date(time),
      monotonicNow: () => time,
      wait: async (ms) => {
        await setImmediate()
        time += ms
      },
      random: () => 1,
    },
    events: {
      onSweepProgress: () => {},
      onSweepEnd: (report) => void reports.push(report),
      onAlarm: () => {},
      onUnexpected: () => {},
    },
  })
  onTestFinished(async () => sync.stop())
  return { sync, ids, single, reports, order }
}

it('what lists lack is asked for beside sweeps that take long, as often as between looks', async () => {
  const { sync, single, reports } = slowList()
  sync.start()
  while (reports.length < 3) await setImmediate()
  const goes = new Set(single.map((at) => Math.floor(at / POLL_INTERVAL_MS)))
  expect(reports.map(({ outcome }) => outcome)).toEqual(['WHOLE', 'WHOLE', 'WHOLE'])
  // A sweep of 26 pages takes ten intervals.
  expect(goes.size).toBeGreaterThan(5)
  expect(single.length / goes.size).toBeLessThanOrEqual(200)
})

it('a sweep stands for its list only when whoever left is known to be gone', async () => {
  const { sync, ids, reports, order } = slowList()
  sync.start()
  while (reports.length < 1) await setImmediate()
  ids.splice(7, 1)
  const before = reports.length
  while (reports.length < before + 2) await setImmediate()
  expect(order.slice(0, 3)).toEqual(['closed', 'removed', 'closed'])
})
