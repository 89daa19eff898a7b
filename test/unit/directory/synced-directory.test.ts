import { expect, it, vi } from 'vitest'
import type { DirectorySync } from '../../../src/directory/sync/directory-sync.ts'
import { createSyncedDirectory } from '../../../src/directory/synced-directory.ts'
import { NOTHING_KNOWN } from '../../../src/directory/store/unchecked-reader.ts'
import { WrittenAccounts } from '../../../src/directory/written-accounts.ts'
import type { ReadScope } from '../../../src/identity/account-source.ts'
import type { IdentityDirectory } from '../../../src/identity/identity-directory.ts'
import { SOURCES, type Identity, type IdentitySource } from '../../../src/identity/identity.ts'
import { account } from '../../fixtures/accounts.ts'

const LEGACY = { source: 'LEGACY', sourceId: 'a' } as const
const SITE_PARTNER = { source: 'SITE_PARTNER', sourceId: 'b' } as const

const LIVE = account({ source: 'LEGACY', sourceId: 'live' })

/** A directory that keeps two accounts, of which it knows no role any more for who wants it read since some time. */
function start(configured: readonly IdentitySource[] = SOURCES) {
  const clock = { ms: 0 }
  const now = () => new Date(1_000 + clock.ms)
  const monotonicNow = () => clock.ms
  const liveSince: unknown[] = []
  const kept = new Map<string, Identity>([LEGACY, SITE_PARTNER].map((key) => [key.sourceId, account(key)]))
  const { promise, resolve } = Promise.withResolvers<void>()
  const written = new WrittenAccounts({
    writer: {
      save: async ({ rows }) => {
        await promise
        for (const row of rows) kept.set(row.sourceId, row)
        return { added: 0, changed: 1 }
      },
      remove: async () => {},
    },
    now,
    monotonicNow,
    onFault: () => expect.unreachable(),
  })
  const open = createSyncedDirectory({
    reader: {
      ...NOTHING_KNOWN,
      byKeys: (keys, notBefore) =>
        keys.map(({ sourceId }) => {
          const identity = kept.get(sourceId)
          return identity && notBefore !== -Infinity ? { ...identity, role: undefined } : identity
        }),
      byEmails: () => [[...kept.values()]],
      knowledge: () => ({ ready: true, known: 2, whole: { startedAt: new Date(1_020), closedAt: new Date(1_030) } }),
      page: async () => ({ rows: [], more: false }),
    },
    sync: { states: () => [] } as Partial<DirectorySync> as DirectorySync,
    written,
    configured,
    now,
    monotonicNow,
    openLive: (_scope, openedAt) => {
      liveSince.push(openedAt)
      return { identity: async () => LIVE } as Partial<IdentityDirectory> as IdentityDirectory
    },
    sourceStates: () => [],
    cursorKeys: () => ['key'],
    onFault: () => expect.unreachable(),
  })
  const openDirectory = () => open({ signal: new AbortController().signal, notBefore: -Infinity })
  return { directory: openDirectory(), open, openDirectory, written, clock, liveSince, keep: resolve }
}

it('accounts that are kept are given at once, without a promise each', () => {
  const { directory } = start()
  expect(directory.identitiesByKey([SITE_PARTNER, LEGACY, SITE_PARTNER], [])).toEqual([
    account(SITE_PARTNER),
    account(LEGACY),
    account(SITE_PARTNER),
  ])
})

it('a page that is kept needs no signal, which would be made for it', async () => {
  const { open } = start()
  const signal = vi.fn<() => AbortSignal>()
  const scope = Object.defineProperty({ notBefore: -Infinity }, 'signal', { get: signal }) as unknown as ReadScope
  expect(await open(scope).identities({ first: 1 })).toMatchObject({ edges: [] })
  expect(signal).not.toHaveBeenCalled()
})

it('accounts that are read while a write is being kept show what it wrote', async () => {
  const { directory, written, keep } = start()
  const changed = { ...account(LEGACY), firstName: 'New' }
  written.take({ ...LEGACY, identity: changed, gone: false })
  const found = Promise.all(directory.identitiesByKey([SITE_PARTNER, LEGACY], []).map(async (each) => each))
  keep()
  expect(await found).toEqual([account(SITE_PARTNER), changed])
})

it('an account of a source that is not configured any more is not given, though it is still kept', async () => {
  const { directory } = start(['LEGACY'])
  const [legacy, partner] = await Promise.allSettled(
    directory.identitiesByKey([LEGACY, SITE_PARTNER], []).map(async (each) => each),
  )
  expect(legacy).toMatchObject({ value: account(LEGACY) })
  expect(partner).toMatchObject({ reason: { code: 'NOT_SUPPORTED', source: 'SITE_PARTNER' } })
})

it('an account that may have been written is read live, though all others beside it are kept', async () => {
  const { directory, written } = start()
  written.take({ ...LEGACY, identity: null, gone: false })
  const [legacy, partner] = directory.identitiesByKey([LEGACY, SITE_PARTNER], [])
  expect([await legacy, partner]).toEqual([LIVE, account(SITE_PARTNER)])
})

it('the sources are asked as of the beginning of the request, and only if somebody has to be', async () => {
  const { directory, openDirectory, written, clock, liveSince } = start()
  written.take({ ...LEGACY, identity: null, gone: false })
  clock.ms = 40
  const later = openDirectory()
  clock.ms = 50
  await directory.identity(SITE_PARTNER, [])
  expect(liveSince).toEqual([])
  await Promise.all([directory.identity(LEGACY, []), later.identity(LEGACY, [])])
  expect(liveSince).toEqual([0, 40])
})

it('a holder who may have been written is shown as the list has them since, without what lists lack', async () => {
  const { openDirectory, written, clock } = start()
  clock.ms = 10
  written.take({ ...LEGACY, identity: null, gone: false })
  clock.ms = 50
  const [legacy, partner] = await openDirectory().identitiesOf('a@example.com')
  expect([legacy?.role, partner?.role]).toEqual([undefined, null])
})
