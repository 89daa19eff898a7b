import { LRUCache } from 'lru-cache'
import { MAX_ENTRIES, type ProvisionEntry } from '../../identity/writes/provision-ledger.ts'
import type { ProvisionStore } from './sqlite-ledger.ts'

/**
 * The creations that this process has written down: where their file is lost while a POST is on its way, or its fate is
 * unknown, they are written down once more, so that nobody posts it again.
 */
export class BegunProvisions {
  readonly #entries = new LRUCache<string, ProvisionEntry>({ max: MAX_ENTRIES })

  async save(store: ProvisionStore, key: string, entry: ProvisionEntry, now: number, max: number): Promise<boolean> {
    const isSaved = await store.saveProvision(key, entry, now, max)
    if (isSaved) this.#entries.set(key, entry)
    return isSaved
  }

  async remove(store: ProvisionStore, key: string): Promise<void> {
    this.#entries.delete(key)
    await store.removeProvision(key)
  }

  /** Into a new file. What is over by now is not looked up any more. */
  async saveAll(store: ProvisionStore): Promise<void> {
    const entries = [...this.#entries]
    await Promise.all(
      entries.map(async ([key, entry]) => store.saveProvision(key, entry, entry.startedAt, MAX_ENTRIES)),
    )
  }
}
