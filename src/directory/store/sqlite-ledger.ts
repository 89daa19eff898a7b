import { PublicError } from '../../errors.ts'
import {
  noRoom,
  MAX_ENTRIES,
  type ProvisionEntry,
  type ProvisionLedger,
} from '../../identity/writes/provision-ledger.ts'

/**
 * The creations that the directory's file keeps, asked of the worker that writes it. A rejection is a fault of the store.
 * Instants are milliseconds of the epoch.
 */
export interface ProvisionStore {
  findProvision(key: string, now: number): Promise<ProvisionEntry | undefined>
  /** Settles when it is on the disk; false: there was no room, and nothing was saved. */
  saveProvision(key: string, entry: ProvisionEntry, now: number, maxEntries: number): Promise<boolean>
  removeProvision(key: string): Promise<void>
}

export interface SqliteLedgerOptions {
  readonly now: () => Date
  /** Told of faults of the store, of which callers learn nothing more than that they are refused. */
  readonly onFault: (fault: unknown) => void
  readonly maxEntries?: number
}

/**
 * Remembers creations in the directory's file: as long as the file is kept, no restart and no loss of power makes anybody
 * post again what may have been posted. Where the store fails nothing is remembered, and so nothing created.
 */
export function createSqliteLedger(store: ProvisionStore, options: SqliteLedgerOptions): ProvisionLedger {
  const { now, onFault, maxEntries = MAX_ENTRIES } = options
  const refuse = (fault: unknown): never => {
    onFault(fault)
    const message = 'Creations cannot be written down (the file of DIRECTORY), so none is begun.'
    throw new PublicError('INTERNAL_SERVER_ERROR', message, { cause: fault })
  }
  return {
    find: async (key) => store.findProvision(key, now().getTime()).catch(refuse),
    async save(key, entry) {
      const isSaved = await store.saveProvision(key, entry, now().getTime(), maxEntries).catch(refuse)
      if (!isSaved) throw noRoom()
    },
    remove: async (key) => store.removeProvision(key).catch(refuse),
  }
}
