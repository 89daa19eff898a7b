import { statSync } from 'node:fs'
import { ConfigError, type Config } from '../config.ts'
import { CompletedAccounts } from '../directory/completed-accounts.ts'
import { persistentFile, temporaryFile, type DirectoryFile } from '../directory/store/directory-file.ts'
import { DirectoryFault, type FaultReason } from '../directory/store/fault.ts'
import type { DirectoryStore } from '../directory/store/open-store.ts'
import { openRenewableStore } from '../directory/store/renewable-store.ts'
import { createSyncedDirectory } from '../directory/synced-directory.ts'
import { syncedStates } from '../directory/synced-states.ts'
import { createDirectorySync, type DirectorySync } from '../directory/sync/directory-sync.ts'
import { REAL_CLOCK } from '../directory/sync/sync-clock.ts'
import type { SyncEvents, SyncState } from '../directory/sync/sync-report.ts'
import type { SourceKnowledge } from '../directory/store/store.ts'
import { WrittenAccounts } from '../directory/written-accounts.ts'
import type { OpenDirectory } from '../identity/identity-directory.ts'
import type { AccountKey } from '../identity/identity-id.ts'
import { SOURCES, type Identity } from '../identity/identity.ts'
import { createLiveDirectory, type LiveDirectory, type LiveDirectoryOptions } from '../identity/live-directory.ts'
import type { SourceState } from '../identity/source-states.ts'
import type { Written } from '../identity/writes/written.ts'
import type { DirectoryFacts } from '../observability/directory-metrics.ts'
import { createFaultLog } from '../observability/fault-log.ts'
import type { Logger } from '../observability/logger.ts'
import type { DirectoryForWrites } from './directory-for-writes.ts'

/** What the rest of the server has of the directory, be it synced or live alone. */
export interface WiredDirectory {
  readonly live: LiveDirectory
  readonly openDirectory: OpenDirectory
  readonly sourceStates: () => readonly SourceState[]
  readonly onWritten: (written: Written) => void
  /** Undefined: writes find accounts by the sources' lists, and remember in memory what they began. */
  readonly forWrites: DirectoryForWrites | undefined
  /** Undefined: nothing is synced. */
  readonly sync: DirectorySync | undefined
  readonly facts: () => readonly DirectoryFacts[]
  readonly sizeBytes: () => number
  /** Nothing is asked of a source, and nothing kept, from then on. */
  close(): Promise<void>
}

type LiveOptions = Omit<LiveDirectoryOptions, 'predecessorOf' | 'onCompleted'>

/** @throws ConfigError where the file cannot be had. */
export async function wireDirectory(
  config: Config,
  live: LiveOptions,
  events: SyncEvents,
  logger: Logger,
): Promise<WiredDirectory> {
  const { directory } = config
  if (directory.kind === 'off') return liveAlone(live)
  const file = openFile(directory)
  const onFault = createFaultLog(logger)
  const store = await openRenewableStore(file, {
    retention: directory.retention,
    now: live.now,
    monotonicNow: live.monotonicNow,
    onMovedAside: (reason, aside) =>
      logger.warn(
        { reason, aside },
        'the directory could not be used and was put aside: it is read anew, and creations that earlier processes began are forgotten',
      ),
    onRenewed: () => wired.sync?.beginAnew(),
    onFault,
  }).catch(refuseFile)
  const wired = synced(live, store, file, { ...directory, events }, onFault)
  return wired
}

interface Pace {
  readonly syncIntervalMs: number
  readonly pollIntervalMs: number
  readonly events: SyncEvents
}

function synced(
  liveOptions: LiveOptions,
  store: DirectoryStore,
  { path }: DirectoryFile,
  { syncIntervalMs, pollIntervalMs, events }: Pace,
  onFault: (error: unknown) => void,
): WiredDirectory {
  const { reader, writer } = store
  const { now, monotonicNow, cursorKeys } = liveOptions
  const completed = new CompletedAccounts(writer, onFault)
  const predecessorOf = (key: AccountKey): string | null | undefined => {
    // Whoever can be asked for alone needs no neighbour.
    if (key.source === 'LEGACY') return undefined
    try {
      return reader.predecessor(key)
    } catch (error) {
      onFault(error)
      return undefined
    }
  }
  const live = createLiveDirectory({ ...liveOptions, predecessorOf, onCompleted: completed.take })
  const shared = SOURCES.flatMap((source) => live.shared(source)?.source ?? [])
  const clock = { ...REAL_CLOCK, now, monotonicNow }
  const sync = createDirectorySync(shared, { writer, clock, sweepIntervalMs: syncIntervalMs, pollIntervalMs, events })
  const written = new WrittenAccounts({ writer, now, monotonicNow, onFault })
  const sourceStates = (): readonly SourceState[] => syncedStates(live.sourceStates(), sync.states())
  return {
    live,
    openDirectory: createSyncedDirectory({
      openLive: live.openDirectory,
      configured: shared.map(({ source }) => source),
      sourceStates,
      cursorKeys,
      reader,
      sync,
      written,
      now,
      monotonicNow,
      onFault,
    }),
    sourceStates,
    onWritten(event) {
      live.onWritten(event)
      written.take(event)
    },
    forWrites: { store, sync, whenKept: (sources) => written.whenKept(sources), syncIntervalMs, now },
    sync,
    facts: () => sync.states().map((state) => factsOf(state, () => reader.knowledge(state.source))),
    sizeBytes: () => sizeOf(path) + sizeOf(`${path}-wal`),
    async close() {
      await sync.stop()
      await store.close()
    },
  }
}

function liveAlone(options: LiveOptions): WiredDirectory {
  const live = createLiveDirectory({
    ...options,
    predecessorOf: () => undefined,
    onCompleted: (_whole: Identity) => {},
  })
  return {
    live,
    openDirectory: live.openDirectory,
    sourceStates: live.sourceStates,
    onWritten: live.onWritten,
    forWrites: undefined,
    sync: undefined,
    facts: () => [],
    sizeBytes: () => 0,
    close: async () => {},
  }
}

function factsOf(state: SyncState, read: () => SourceKnowledge): DirectoryFacts {
  const { source, lastSweepSeconds, missingAlarm } = state
  try {
    const { known, whole } = read()
    return { source, lastSweepSeconds, missingAlarm, known, wholeAt: whole?.startedAt ?? null }
  } catch {
    return { source, lastSweepSeconds, missingAlarm, known: null, wholeAt: state.wholeAt }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function openFile(config: Exclude<Config['directory'], { kind: 'off' }>): DirectoryFile {
  try {
    return config.kind === 'file' ? persistentFile(config.path) : temporaryFile()
  } catch (error) {
    return refuseFile(error)
  }
}

const WHY: Partial<Readonly<Record<FaultReason, string>>> = {
  'in-use': 'another process has it',
  foreign: 'it is the database of another program',
  full: 'the disk is full',
}

function refuseFile(error: unknown): never {
  const reason = error instanceof DirectoryFault ? WHY[error.reason] : undefined
  throw new ConfigError([
    `DIRECTORY is temporary, off, or a file in a folder that is there, that can be written to and belongs to this process alone${reason ? `: ${reason}` : ''}.`,
  ])
}
