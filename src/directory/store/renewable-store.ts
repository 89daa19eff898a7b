import { statSync } from 'node:fs'
import type { IdentitySource } from '../../identity/identity.ts'
import { BegunProvisions } from './begun-provisions.ts'
import type { ChangeRetention } from './change-retention.ts'
import type { DirectoryFile } from './directory-file.ts'
import { DirectoryFault, toFault, type FaultReason } from './fault.ts'
import { openStore, type DirectoryStore, type OnMovedAside } from './open-store.ts'
import { CHECKED_AT_ONCE_BYTES } from './schema.ts'
import type { ProvisionStore } from './sqlite-ledger.ts'
import type { DirectoryReader, DirectoryWriter, Reading, SaveOutcome, SweepPage } from './store.ts'
import { NOTHING_KNOWN } from './unchecked-reader.ts'
import { WorkerClient } from './worker-client.ts'

/** How long a new file is left alone after the first time, in milliseconds; each time doubles it. A bad disk stays bad. */
const FIRST_PAUSE_MS = 600_000

export interface RenewableStoreOptions {
  readonly retention: ChangeRetention
  readonly now: () => Date
  readonly monotonicNow: () => number
  readonly onMovedAside: OnMovedAside
  /** The file is another one, with nothing in it. */
  readonly onRenewed: () => void
  /** Told why a new file could not be made, or the old one not be checked. */
  readonly onFault: (error: unknown) => void
}

/**
 * A store that begins anew where its file turns out to be damaged while it is used, or was taken away: the file is put aside
 * as at a start, and until there is another one every question fails, so that the sources are asked. Creations that this
 * process has written down go with it into the new file.
 *
 * A small file is checked before it is opened. A large one is while the sources are asked, since that takes seconds.
 *
 * @throws DirectoryFault as `openStore`; the file is released then.
 */
export async function openRenewableStore(file: DirectoryFile, options: RenewableStoreOptions): Promise<DirectoryStore> {
  const isLarge = sizeOf(file.path) + sizeOf(`${file.path}-wal`) > CHECKED_AT_ONCE_BYTES
  // The file is ours from one store to the next.
  const open = async (): Promise<DirectoryStore> =>
    openStore({ ...file, release: () => {} }, options.onMovedAside, options.retention)
  try {
    const renewable = new RenewableStore(await open(), file, open, options)
    if (isLarge) renewable.check()
    return renewable
  } catch (error) {
    file.release()
    throw error
  }
}

class RenewableStore implements DirectoryStore {
  readonly #file: DirectoryFile
  readonly #open: () => Promise<DirectoryStore>
  readonly #options: RenewableStoreOptions
  /** Undefined: there is none at the moment. */
  #current: DirectoryStore | undefined
  /** In which store the sweep of each source was opened: its number means nothing in another one. */
  readonly #sweptIn = new Map<IdentitySource, DirectoryStore>()
  readonly #begun = new BegunProvisions()
  /** By the wall clock, in milliseconds; -Infinity: it is the first one. */
  #renewedAt = Number.NEGATIVE_INFINITY
  /** Of its file nobody knows yet whether it is whole. */
  #unchecked: DirectoryStore | undefined
  #checking: Promise<void> | undefined
  #renewing: Promise<void> | undefined
  #renewAgainAt = Number.NEGATIVE_INFINITY
  #pauseMs = FIRST_PAUSE_MS
  #isClosed = false

  constructor(
    first: DirectoryStore,
    file: DirectoryFile,
    open: () => Promise<DirectoryStore>,
    options: RenewableStoreOptions,
  ) {
    this.#current = first
    this.#file = file
    this.#open = open
    this.#options = options
  }

  readonly writer: DirectoryWriter = {
    openSweep: async (source, now) => this.#openSweep(source, ({ writer }) => writer.openSweep(source, now)),
    restartSweep: async (source, now) => this.#openSweep(source, ({ writer }) => writer.restartSweep(source, now)),
    saveSweepPages: async (pages) => this.#savePages(pages),
    missing: async (source, ...others) => this.#inSweep(source, ({ writer }) => writer.missing(source, ...others)),
    closeSweep: async (sweep) => this.#inSweep(sweep.source, ({ writer }) => writer.closeSweep(sweep)),
    save: async (reading) => this.#save(reading),
    remove: async (...parameters) => this.#ask(({ writer }) => writer.remove(...parameters)),
    lacking: async (...parameters) => this.#ask(({ writer }) => writer.lacking(...parameters)),
    outdated: async (...parameters) => this.#ask(({ writer }) => writer.outdated(...parameters)),
    close: async () => this.close(),
  }

  readonly reader: DirectoryReader = {
    byKeys: (...parameters) => this.#read((reader) => reader.byKeys(...parameters)),
    byEmails: (...parameters) => this.#read((reader) => reader.byEmails(...parameters)),
    predecessor: (key) => this.#read((reader) => reader.predecessor(key)),
    knowledge: (source) => this.#read((reader) => reader.knowledge(source)),
    countLacking: (...parameters) => this.#read((reader) => reader.countLacking(...parameters)),
    restSince: (...parameters) => this.#read((reader) => reader.restSince(...parameters)),
    changes: (...parameters) => this.#read((reader) => reader.changes(...parameters)),
    latestChange: () => this.#read((reader) => reader.latestChange()),
    page: async (...parameters) => this.#ask((store) => this.#readerOf(store).page(...parameters)),
    count: async (...parameters) => this.#ask((store) => this.#readerOf(store).count(...parameters)),
    audit: async (...parameters) => this.#ask((store) => this.#readerOf(store).audit(...parameters)),
  }

  readonly provisions: ProvisionStore = {
    findProvision: async (...parameters) => this.#ask(({ provisions }) => provisions.findProvision(...parameters)),
    saveProvision: async (...parameters) =>
      this.#ask(async ({ provisions }) => this.#begun.save(provisions, ...parameters)),
    removeProvision: async (key) => this.#ask(async ({ provisions }) => this.#begun.remove(provisions, key)),
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#checking
    await this.#renewing
    await this.#current?.close()
    this.#file.release()
  }

  /** Looks through the whole file in a worker of its own; until that is done nothing of it is told. */
  check(): void {
    const store = this.#current
    this.#unchecked = store
    this.#checking = this.#checkFile()
      .catch((error: unknown) => this.#onFault(error, store))
      .finally(() => void (this.#unchecked = undefined))
  }

  async #checkFile(): Promise<void> {
    const { path, durable } = this.#file
    const worker = new WorkerClient({ path, role: 'slowReader', durable, retention: this.#options.retention })
    try {
      await worker.call('check')
    } finally {
      await worker.close()
    }
  }

  async #openSweep<Result>(source: IdentitySource, use: (store: DirectoryStore) => Promise<Result>): Promise<Result> {
    if (this.#current && !statSync(this.#file.path, { throwIfNoEntry: false })) this.#renew('lost')
    const store = this.#current
    const opened = await this.#ask(use)
    if (store) this.#sweptIn.set(source, store)
    return opened
  }

  async #inSweep<Result>(source: IdentitySource, use: (store: DirectoryStore) => Promise<Result>): Promise<Result> {
    if (this.#sweptIn.get(source) !== this.#current) throw new DirectoryFault('lost')
    return this.#ask(use)
  }

  async #savePages(pages: readonly SweepPage[]): Promise<SaveOutcome> {
    const [first] = pages
    return first ? this.#inSweep(first.source, ({ writer }) => writer.saveSweepPages(pages)) : { added: 0, changed: 0 }
  }

  /** What was asked for before the file was renewed may be older than a write of ours that went with the old one. */
  async #save(reading: Reading): Promise<SaveOutcome> {
    if (reading.askedAt.getTime() < this.#renewedAt) throw new DirectoryFault('lost')
    return this.#ask(({ writer }) => writer.save(reading))
  }

  async #ask<Result>(use: (store: DirectoryStore) => Promise<Result>): Promise<Result> {
    const store = this.#usable()
    try {
      return await use(store)
    } catch (error) {
      this.#examine(error, store)
      throw error
    }
  }

  #read<Result>(use: (reader: DirectoryReader) => Result): Result {
    const store = this.#usable()
    try {
      return use(this.#readerOf(store))
    } catch (error) {
      this.#examine(error, store)
      throw error
    }
  }

  #readerOf(store: DirectoryStore): DirectoryReader {
    return store === this.#unchecked ? NOTHING_KNOWN : store.reader
  }

  /** @throws DirectoryFault where there is none now. */
  #usable(): DirectoryStore {
    if (this.#current) return this.#current
    if (!this.#isClosed) this.#renew('lost')
    throw new DirectoryFault(this.#isClosed ? 'closed' : 'lost')
  }

  #onFault(error: unknown, store: DirectoryStore | undefined): void {
    this.#options.onFault(error)
    if (store) this.#examine(error, store)
  }

  #examine(error: unknown, store: DirectoryStore): void {
    const { reason } = toFault(error)
    // Late answers of a store that is gone already say nothing of this one.
    if (reason === 'corrupt' && store === this.#current) this.#renew(reason)
  }

  #renew(reason: FaultReason): void {
    const now = this.#options.monotonicNow()
    if (this.#isClosed || this.#renewing || now < this.#renewAgainAt) return
    this.#renewAgainAt = now + this.#pauseMs
    this.#pauseMs *= 2
    const old = this.#current
    this.#current = undefined
    this.#renewing = this.#replace(old, reason)
      .catch(this.#options.onFault)
      .finally(() => void (this.#renewing = undefined))
  }

  async #replace(old: DirectoryStore | undefined, reason: FaultReason): Promise<void> {
    await old?.close()
    this.#options.onMovedAside(reason, this.#file.moveAside(reason))
    const store = await this.#open()
    await this.#begun.saveAll(store.provisions).catch(async (error: unknown) => {
      await store.close()
      throw error
    })
    this.#renewedAt = this.#options.now().getTime()
    this.#current = store
    this.#options.onRenewed()
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
