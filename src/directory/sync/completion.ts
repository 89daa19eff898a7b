import { PublicError } from '../../errors.ts'
import { isSafeSourceId } from '../../identity/identity-id.ts'
import { missingFields } from '../../identity/identity.ts'
import type { DirectoryWriter } from '../store.ts'
import type { SourceReader } from './source-reader.ts'
import type { SyncClock } from './sync-clock.ts'

/** How many accounts are completed at a time, between two looks for new ones. */
const MAX_AT_ONCE = 50
/** If so many single answers in a row lack fields as well, there is nothing more to be had of this upstream. */
const MAX_IN_VAIN = 20

/**
 * By the guide, list rows carry five fields of an account and a single answer carries all. So between sweeps the accounts
 * that lack fields are asked for one by one, some at a time, until none is left.
 */
export class Completion {
  readonly #reader: SourceReader
  readonly #writer: DirectoryWriter
  readonly #clock: SyncClock
  /** Where the store goes on naming them; null: from the start. */
  #after: number | null = null
  #inVain = 0

  constructor(reader: SourceReader, writer: DirectoryWriter, clock: SyncClock) {
    this.#reader = reader
    this.#writer = writer
    this.#clock = clock
  }

  /** Whether fields that list rows lack can still be had: not of a list alone, nor where single answers lack them as well. */
  get hasHope(): boolean {
    return this.#reader.paging === 'offset' && this.#inVain < MAX_IN_VAIN
  }

  /**
   * Completes some more.
   *
   * @param mayGoOn false as soon as there is something better to do.
   * @throws PublicError of the source where it stops answering, and whatever the store rejects with.
   */
  async goOn(mayGoOn: () => boolean): Promise<void> {
    const { source } = this.#reader
    if (!this.hasHope) return
    const { sourceIds, next } = await this.#writer.lacking(source, MAX_AT_ONCE, this.#after)
    for (const sourceId of sourceIds) {
      if (!this.hasHope || !mayGoOn()) return
      await this.#complete(sourceId)
    }
    // Behind the last of them it begins anew: whoever could not be completed is tried again with the next round.
    this.#after = next
  }

  async #complete(sourceId: string): Promise<void> {
    const reader = this.#reader
    if (reader.paging === 'cursor' || !isSafeSourceId(reader.source, sourceId)) return
    const askedAt = this.#clock.now()
    const found = await reader.readOne(sourceId).catch(asUnreadable)
    // Who is not there is left to the next sweep: it asks once more, and says so.
    if (!found) return
    this.#inVain = missingFields(found).length > 0 ? this.#inVain + 1 : 0
    await this.#writer.save({ source: reader.source, rows: [found], askedAt })
  }
}

/** One record that breaks its contract must not keep the others from being completed. */
function asUnreadable(error: unknown): null {
  if (error instanceof PublicError && error.code === 'UPSTREAM_INVALID_RESPONSE') return null
  throw error
}
