import { expect, it } from 'vitest'
import type { Reading } from '../../../src/directory/store/store.ts'
import { CompletedAccounts } from '../../../src/directory/completed-accounts.ts'
import { WrittenAccounts } from '../../../src/directory/written-accounts.ts'
import { account } from '../../fixtures/accounts.ts'

const KEY = { source: 'LEGACY', sourceId: 'a' } as const
const OTHER = { source: 'LEGACY', sourceId: 'b' } as const
const identity = account(KEY)

function start(save: () => Promise<unknown>) {
  const faults: unknown[] = []
  const calls: unknown[] = []
  const written = new WrittenAccounts({
    writer: {
      save: async (reading) => {
        calls.push(reading)
        await save()
        return { added: 0, changed: 1 }
      },
      remove: async (...parameters) => void calls.push(parameters),
    },
    now: () => new Date(5),
    monotonicNow: () => 70,
    onFault: (error) => faults.push(error),
  })
  return { written, calls, faults }
}

it('reads wait until a write is kept, and only those of its source', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { written, calls } = start(async () => promise)
  expect(written.whenKept(['LEGACY'])).toBeUndefined()
  written.take({ ...KEY, identity, gone: false })
  expect(written.whenKept(['SITE_PARTNER'])).toBeUndefined()
  const kept = written.whenKept(['SITE_PARTNER', 'LEGACY'])
  expect(kept).toBeInstanceOf(Promise)
  resolve()
  await kept
  expect(written.whenKept(['LEGACY'])).toBeUndefined()
  expect(calls).toEqual([{ source: 'LEGACY', rows: [identity], askedAt: new Date(5) }])
  expect([written.doubtedSince(KEY), written.listDoubtedSince('LEGACY')]).toEqual([-Infinity, -Infinity])
})

it('who is gone is removed', async () => {
  const { written, calls } = start(async () => {})
  written.take({ ...KEY, identity: null, gone: true })
  await written.whenKept(['LEGACY'])
  expect(calls).toEqual([['LEGACY', ['a'], new Date(5)]])
})

it('what cannot be kept makes the account and its list doubted, and nobody else', async () => {
  const { written, faults } = start(async () => Promise.reject(new Error('full')))
  written.take({ ...KEY, identity, gone: false })
  await written.whenKept(['LEGACY'])
  expect(faults).toEqual([new Error('full')])
  expect([written.doubtedSince(KEY), written.listDoubtedSince('LEGACY')]).toEqual([70, 70])
  expect([written.doubtedSince(OTHER), written.listDoubtedSince('SITE_PARTNER')]).toEqual([-Infinity, -Infinity])
})

it('so does a write of which nobody knows what became of it', () => {
  const { written, calls } = start(async () => {})
  written.take({ source: 'LEGACY', sourceId: null, identity: null, gone: false })
  expect([calls, written.doubtedSince(KEY), written.listDoubtedSince('LEGACY')]).toEqual([[], -Infinity, 70])
  written.take({ ...KEY, identity: null, gone: false })
  expect([calls, written.doubtedSince(KEY)]).toEqual([[], 70])
})

it('accounts that were read alone are kept together, as asked for long before they came', async () => {
  const readings: Reading[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const completed = new CompletedAccounts(
    {
      save: async (reading) => {
        readings.push(reading)
        if (reading.source === 'SITE_PARTNER') resolve()
        return { added: 0, changed: 1 }
      },
    },
    () => {},
  )
  const at = (seconds: number) => ({ asOf: new Date(seconds * 1000) })
  const rows = [account({ ...KEY, ...at(30) }), account({ ...OTHER, ...at(20) })]
  for (const row of rows) completed.take(row)
  completed.take(account({ source: 'SITE_PARTNER', sourceId: 'c', ...at(40) }))
  await promise
  expect(readings).toMatchObject([
    { source: 'LEGACY', rows, askedAt: new Date(10_000) },
    { source: 'SITE_PARTNER', askedAt: new Date(30_000) },
  ])
})
