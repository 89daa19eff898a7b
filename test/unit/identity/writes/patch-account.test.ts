import { expect, test } from 'vitest'
import { upstreamError } from '../../../../src/errors.ts'
import type { Identity } from '../../../../src/identity/identity.ts'
import type { AccountFinder } from '../../../../src/identity/writes/account-finder.ts'
import type { PatchWriter } from '../../../../src/identity/writes/account-writer.ts'
import { KeyedMutex } from '../../../../src/identity/writes/keyed-mutex.ts'
import { patchAccount } from '../../../../src/identity/writes/patch-account.ts'
import type { WriteTools } from '../../../../src/identity/writes/write-tools.ts'
import type { Written } from '../../../../src/identity/writes/written.ts'

const before = { source: 'SITE_PARTNER', sourceId: 'spu_1', firstName: 'Ana', status: 'ACTIVE' } as Identity
const scope = {
  signal: new AbortController().signal,
  deadline: Number.POSITIVE_INFINITY,
  requestId: '1',
  commit: () => {},
  end: () => {},
}

// It was said to be gone, REJECTED as if nothing could come of the change, and the synced directory took the account out:
// all because a list did not show it once. This upstream never deletes, and the patch may have arrived.
test('an account that the list does not show after a lost patch is not gone, and nobody knows about the patch', async () => {
  const written: Written[] = []
  const found: (Identity | null)[] = [before, null]
  const tools = {
    locks: new KeyedMutex(),
    monotonicNow: () => 0,
    onWritten: (each) => void written.push(each),
    onUnexpected: (error) => {
      throw error
    },
  } satisfies Partial<WriteTools> as unknown as WriteTools
  const target = {
    writer: { patch: async () => Promise.reject(upstreamError('UPSTREAM_TIMEOUT', 'SITE_PARTNER')) },
    finder: { byId: async () => found.shift() ?? null },
  } as unknown as { writer: PatchWriter; finder: AccountFinder }
  const change = { sourceId: 'spu_1', changes: { firstName: 'Eva' } }

  expect(await patchAccount(tools, target, scope, change)).toMatchObject({
    outcome: 'UNKNOWN',
    errors: [{ code: 'OUTCOME_UNKNOWN' }],
  })
  expect(written).toEqual([{ source: 'SITE_PARTNER', sourceId: 'spu_1', identity: null, gone: false }])
})
