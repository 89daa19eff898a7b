import { DEFAULT_RETENTION, type ChangeRetention } from './change-retention.ts'
import { openConnection } from './connection.ts'
import type { DirectoryFile } from './directory-file.ts'
import { DirectoryFault, guarded, type FaultReason } from './fault.ts'
import { asksOnlyFor, isTallied } from './page-query.ts'
import { packReading } from './packed-reading.ts'
import type { ProvisionStore } from './sqlite-ledger.ts'
import { SlowReaders } from './slow-readers.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type { Asker, DirectoryFilter, DirectoryReader, DirectoryWriter } from './store.ts'
import { WorkerClient } from './worker-client.ts'

/** One for whatever comes, beside one that is at something long. */
const SLOW_READERS = 2

export interface DirectoryStore {
  readonly writer: DirectoryWriter
  readonly reader: DirectoryReader
  readonly provisions: ProvisionStore
  /** Closes reader and writer, and releases the file. */
  close(): Promise<void>
}

/** An unusable file was put out of the way under the name `aside`, and a new one is filled from the upstreams. */
export type OnMovedAside = (reason: FaultReason, aside: string) => void

/**
 * Opens the file for one writing worker, a few for slow questions, and this thread. Closing is the caller's; a failed
 * opening releases the file.
 *
 * @throws DirectoryFault `foreign` for a database that is not ours, and whatever the disk has against it.
 */
export async function openStore(
  file: DirectoryFile,
  onMovedAside: OnMovedAside,
  retention: ChangeRetention = DEFAULT_RETENTION,
): Promise<DirectoryStore> {
  const { path, durable } = file
  const start = (role: 'writer' | 'slowReader') => new WorkerClient({ path, role, durable, retention })
  const writing = start('writer')
  const slow = new SlowReaders({ workers: SLOW_READERS, startWorker: () => start('slowReader') })
  let local: SqliteReader | undefined
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => (closing ??= shut())
  const shut = async (): Promise<void> => {
    local?.close()
    local = undefined
    await slow.close()
    // The last one to leave moves the log into the file; if a reader is still at something, that is left to the next start.
    await writing.close()
    file.release()
  }
  try {
    await openWriting(writing, file, onMovedAside)
    // Nobody else writes to the file.
    const lastWrite = () => writing.answeredCalls
    local = guarded(() => new SqliteReader(openConnection(file.path, 'reader', file.durable), { lastWrite }))
    return {
      writer: remoteWriter(writing),
      reader: splitReader(local, slow),
      provisions: remoteProvisions(writing),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A directory can always be read anew, so a file that cannot be used is no reason not to start. */
async function openWriting(writing: WorkerClient, file: DirectoryFile, onMovedAside: OnMovedAside): Promise<void> {
  try {
    await writing.call('open')
  } catch (error) {
    const reason = error instanceof DirectoryFault ? error.reason : 'broken'
    if (reason !== 'corrupt' && reason !== 'other-version') throw error
    onMovedAside(reason, file.moveAside(reason))
    await writing.call('open')
  }
}

function remoteWriter(worker: WorkerClient): DirectoryWriter {
  return {
    openSweep: async (...parameters) => worker.call('openSweep', ...parameters),
    restartSweep: async (...parameters) => worker.call('restartSweep', ...parameters),
    saveSweepPages: async (pages) => worker.call('saveSweepPages', pages.map(packReading)),
    save: async (reading) => worker.call('save', packReading(reading)),
    missing: async (...parameters) => worker.call('missing', ...parameters),
    closeSweep: async (sweep) => worker.call('closeSweep', sweep),
    remove: async (...parameters) => worker.call('remove', ...parameters),
    lacking: async (...parameters) => worker.call('lacking', ...parameters),
    outdated: async (...parameters) => worker.call('outdated', ...parameters),
    close: async () => worker.close(),
  }
}

function remoteProvisions(worker: WorkerClient): ProvisionStore {
  return {
    findProvision: async (...parameters) => worker.call('findProvision', ...parameters),
    saveProvision: async (...parameters) => worker.call('saveProvision', ...parameters),
    removeProvision: async (...parameters) => worker.call('removeProvision', ...parameters),
  }
}

/** Keys, addresses, and pages along an index take microseconds; what may have to look at many accounts goes to a worker. */
function splitReader(local: SqliteReader, slow: SlowReaders): DirectoryReader {
  const ask = async <Result>({ signal }: Asker, method: keyof SqliteReader, ...parameters: readonly unknown[]) =>
    slow.ask<Result>({ method, parameters, signal, isLong: method === 'audit' })
  return {
    byKeys: (keys, notBefore) => local.byKeys(keys, notBefore),
    byEmails: (emails, sources, notBefore) => local.byEmails(emails, sources, notBefore),
    predecessor: (key) => local.predecessor(key),
    knowledge: (source) => local.knowledge(source),
    countLacking: (source, fields) => local.countLacking(source, fields),
    restSince: (source, fields) => local.restSince(source, fields),
    changes: (...parameters) => local.changes(...parameters),
    latestChange: () => local.latestChange(),
    page: async (question, asker) => (isQuick(question.filter) ? local.page(question) : ask(asker, 'page', question)),
    count: async (sources, filter, asker) =>
      isQuick(filter) || isTallied(filter) ? local.count(sources, filter) : ask(asker, 'count', sources, filter),
    audit: async (question, asker) => ask(asker, 'audit', question),
  }
}

function isQuick(filter: DirectoryFilter): boolean {
  return asksOnlyFor('email', filter)
}
