import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createUpstreams } from '../../src/app/upstreams.ts'
import { openAudit, wireWrites } from '../../src/app/writing.ts'
import { readConfig } from '../../src/config.ts'
import { temporaryFile } from '../../src/directory/store/directory-file.ts'
import { openStore, type DirectoryStore } from '../../src/directory/store/open-store.ts'
import { createDirectorySync } from '../../src/directory/sync/directory-sync.ts'
import { REAL_CLOCK } from '../../src/directory/sync/sync-clock.ts'
import { SOURCES } from '../../src/identity/identity.ts'
import { createLiveDirectory } from '../../src/identity/live-directory.ts'
import type { IdentityWrites } from '../../src/identity/writes/identity-writes.ts'
import type { Written } from '../../src/identity/writes/written.ts'
import { TIMING } from '../../src/timing.ts'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'

/** Far longer than a test: there is one sweep, and no look after it but those of writes. */
const INTERVAL_MS = 3_600_000

export interface DirectoryWrites {
  readonly simulator: Simulator
  readonly store: DirectoryStore
  readonly writes: IdentityWrites
  readonly faults: unknown[]
  /** How long ago the sweep was, as the writes see it, in milliseconds. */
  age: number
  close(): Promise<void>
}

/** Writes beside a directory that was read whole once. */
export async function startDirectoryWrites(): Promise<DirectoryWrites> {
  const simulator = await startSimulator({ people: { legacy: 250, sitePartner: 250, shared: 60 } })
  const folder = mkdtempSync(join(tmpdir(), 'directory-writes-'))
  const on = { LEGACY_WRITES: 'on', SITE_PARTNER_WRITES: 'on', AUDIT_LOG: join(folder, 'audit.log') }
  const config = readConfig({ ACCESS: 'open', ...simulator.environment, ...on })
  const faults: unknown[] = []
  const onUnexpected = (error: unknown): void => void faults.push(error)
  const { sources, writers, transports } = createUpstreams(config, { ...TIMING, attemptTimeoutMs: 1_500 })
  const live = createLiveDirectory({
    sources,
    cursorKeys: config.cursorKeys,
    now: () => new Date(),
    monotonicNow: () => performance.now(),
    onStateChange: () => {},
    onRecalled: () => {},
    predecessorOf: (key) => (key.source === 'LEGACY' ? undefined : store.reader.predecessor(key)),
    onCompleted: () => {},
  })
  const store = await openStore(temporaryFile(folder), () => {})
  const sync = createDirectorySync(
    SOURCES.flatMap((source) => live.shared(source)?.source ?? []),
    {
      writer: store.writer,
      clock: REAL_CLOCK,
      sweepIntervalMs: INTERVAL_MS,
      pollIntervalMs: INTERVAL_MS,
      events: { onSweepProgress: () => {}, onSweepEnd: () => {}, onAlarm: () => {}, onUnexpected },
    },
  )
  const audit = await openAudit(config)
  const pending = new Set<Promise<unknown>>()
  const onWritten = (written: Written): void => {
    live.onWritten(written)
    const { source, identity } = written
    if (identity) pending.add(store.writer.save({ source, rows: [identity], askedAt: new Date() }))
  }
  const state = { age: 0 }
  const now = (): Date => new Date(Date.now() + state.age)
  const forWrites = { store, sync, now, whenKept: async () => Promise.all(pending), syncIntervalMs: INTERVAL_MS }
  const writes = wireWrites(config, { live, onWritten, forWrites }, writers, audit, onUnexpected)
  sync.start()
  for (const source of SOURCES) await sync.whenFresh(source, Number.NEGATIVE_INFINITY, new AbortController().signal)
  const beginWrite = () => ({
    signal: AbortSignal.timeout(15_000),
    deadline: performance.now() + 15_000,
    requestId: 'request',
    commit: () => {},
    end: () => {},
  })
  return Object.assign(state, {
    simulator,
    store,
    faults,
    writes: writes.openWrites({ requestId: 'request', caller: 'test', beginWrite, onEnded: () => {} }),
    close: async () => {
      await sync.stop()
      await store.close()
      await audit.close()
      await Promise.all(transports.map(async (transport) => transport.close()))
      await simulator.close()
      rmSync(folder, { recursive: true })
    },
  })
}
