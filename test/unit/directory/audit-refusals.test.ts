import { expect, it } from 'vitest'
import { DirectoryFault, type FaultReason } from '../../../src/directory/store/fault.ts'
import { createSyncedDirectory, type SyncedDirectoryOptions } from '../../../src/directory/synced-directory.ts'
import { deadlineExceeded } from '../../../src/errors.ts'

/** An audit of one source whose store answers so. */
async function audit(
  store: { knowledge?: () => never; audit?: () => Promise<never>; restSince?: () => Date },
  faults: unknown[] = [],
  notBefore = -Infinity,
) {
  const options = {
    openLive: () => ({}),
    configured: ['LEGACY'],
    sourceStates: () => [],
    onFault: (fault: unknown) => faults.push(fault),
    reader: { knowledge: () => ({ ready: true, known: 1, whole: null }), countLacking: () => 0, ...store },
    sync: { states: () => [], whenFresh: async () => {} },
    written: { whenKept: async () => {}, listDoubtedSince: () => -Infinity },
    now: () => new Date(0),
    monotonicNow: () => 0,
  } as unknown as SyncedDirectoryOptions
  const directory = createSyncedDirectory(options)({ signal: new AbortController().signal, notBefore })
  return directory.audit({ activeEmails: [] }, new Set(['orphanCount']))
}

const broken = (reason: FaultReason): never => {
  throw new DirectoryFault(reason)
}

it('says that too many wait where the queue is full, and that one may ask again', async () => {
  const faults: unknown[] = []
  await expect(audit({ audit: async () => broken('busy') }, faults)).rejects.toMatchObject({
    code: 'DIRECTORY_NOT_READY',
    retryable: true,
    message: 'Too many questions wait for the directory at the moment.',
  })
  expect(faults).toMatchObject([{ reason: 'busy' }])
})

it.each([
  ['before the question', { knowledge: () => broken('corrupt') }],
  ['while it runs', { audit: async () => broken('corrupt') }],
])('says of a store that fails that it cannot be read, and not that nobody is there: %s', async (_name, store) => {
  await expect(audit(store)).rejects.toMatchObject({
    code: 'DIRECTORY_NOT_READY',
    message: 'The directory cannot be read at the moment.',
  })
})

it('ends with the request', async () => {
  const over = deadlineExceeded()
  await expect(audit({ audit: async () => Promise.reject(over) })).rejects.toBe(over)
})

// Lists are swept anew, and single answers are not.
it('says that who has which address or status was read too long ago, where lists lack that', async () => {
  const store = { restSince: () => new Date(-20), audit: async () => broken('busy') }
  await expect(audit(store, [], -10)).rejects.toMatchObject({
    code: 'DIRECTORY_NOT_READY',
    message: 'A field that this goes by was read longer ago than the request accepts, and lists lack it.',
  })
  await expect(audit({ ...store, restSince: () => new Date(-5) }, [], -10)).rejects.toMatchObject({
    message: 'Too many questions wait for the directory at the moment.',
  })
})
