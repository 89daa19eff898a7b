import { PublicError } from '../../errors.ts'
import { isSafeSourceId } from '../../identity/identity-id.ts'
import { missingFields } from '../../identity/identity.ts'
import type { DirectoryWriter } from '../store/store.ts'
import type { SourceReader } from './source-reader.ts'
import type { SyncClock } from './sync-clock.ts'

/** The most single answers of one go; there is a go per look for new accounts. */
const MAX_PER_GO = 200
/** How many of them are asked for at a time. */
const LANES = 4
/** If so many single answers in a row lack fields as well, there is nothing more to be had of this upstream. */
const MAX_IN_VAIN = 20

/**
 * By the guide, list rows carry five fields of an account and a single answer carries all. So the rest is asked for account by
 * account: of those first who lack it, then of those whose rest is oldest, as soon as it is old enough. Where lists
 * carry everything there is no rest, and nothing is called.
 */
export class Completion {
  readonly #reader: SourceReader
  readonly #writer: DirectoryWriter
  readonly #clock: SyncClock
  readonly #restAgeMs: number
  /** Where the store goes on naming those who lack fields; null: from the start. */
  #after: number | null = null
  #inVain = 0
  /** Whom no answer could make whole: they are left alone for as long as a rest lasts, and hold up nobody. */
  #left = new Set<string>()
  #leftUntil = Number.NEGATIVE_INFINITY

  /** @param restAgeMs how old the rest of an account may become before it is read again. */
  constructor(reader: SourceReader, writer: DirectoryWriter, clock: SyncClock, restAgeMs: number) {
    this.#reader = reader
    this.#writer = writer
    this.#clock = clock
    this.#restAgeMs = restAgeMs
  }

  /** Whether fields that list rows lack can still be had: not of a list alone, nor where single answers lack them as well. */
  get hasHope(): boolean {
    return this.#reader.paging === 'offset' && this.#inVain < MAX_IN_VAIN
  }

  /**
   * Asks for some more.
   *
   * @param mayGoOn false as soon as there is something better to do.
   * @throws PublicError of the source where it stops answering, and whatever the store rejects with.
   */
  async goOn(mayGoOn: () => boolean): Promise<void> {
    if (!this.hasHope) return
    const { sourceIds, next } = await this.#writer.lacking(this.#reader.source, MAX_PER_GO, this.#after)
    const outdated = sourceIds.length < MAX_PER_GO ? await this.#outdated(MAX_PER_GO - sourceIds.length) : []
    const queue = [...sourceIds, ...outdated].filter((id) => !this.#isLeft(id)).values()
    let isOver = false
    const lane = async (): Promise<void> => {
      for (const sourceId of queue) {
        isOver ||= !this.hasHope || !mayGoOn()
        if (isOver) return
        await this.#complete(sourceId).catch((error: unknown) => {
          isOver = true
          throw error
        })
      }
    }
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane))
    const failed = lanes.find(({ status }) => status === 'rejected')
    if (failed) throw (failed as PromiseRejectedResult).reason
    if (!isOver) this.#after = next
  }

  async #outdated(limit: number): Promise<readonly string[]> {
    const before = new Date(this.#clock.now().getTime() - this.#restAgeMs)
    return this.#writer.outdated(this.#reader.source, before, limit + this.#left.size)
  }

  async #complete(sourceId: string): Promise<void> {
    const reader = this.#reader
    if (reader.paging === 'cursor' || !isSafeSourceId(reader.source, sourceId)) return
    const askedAt = this.#clock.now()
    const found = await reader.readOne(sourceId).catch(asUnreadable)
    const isWhole = found !== null && missingFields(found).length === 0
    if (!isWhole) this.#leave(sourceId)
    // Who is not there is left to the next sweep: it asks once more, and says so.
    if (!found) return
    this.#inVain = isWhole ? 0 : this.#inVain + 1
    await this.#writer.save({ source: reader.source, rows: [found], askedAt })
  }

  #leave(sourceId: string): void {
    if (this.#left.size === 0) this.#leftUntil = this.#clock.monotonicNow() + this.#restAgeMs
    this.#left.add(sourceId)
  }

  #isLeft(sourceId: string): boolean {
    if (this.#clock.monotonicNow() >= this.#leftUntil) this.#left.clear()
    return this.#left.has(sourceId)
  }
}

/** One record that breaks its contract must not keep the others from being completed. */
function asUnreadable(error: unknown): null {
  if (error instanceof PublicError && error.code === 'UPSTREAM_INVALID_RESPONSE') return null
  throw error
}
