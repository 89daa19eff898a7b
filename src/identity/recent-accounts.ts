import { isDeepStrictEqual } from 'node:util'
import { LRUCache } from 'lru-cache'
import type { AccountSource, CursorPageToken, OffsetPageToken, Page, ReadScope } from './account-source.ts'
import { formatIdentityId, type AccountKey } from './identity-id.ts'
import {
  CARRIED_FIELDS,
  missingBits,
  settled,
  type CarriedField,
  type Identity,
  type IdentitySource,
} from './identity.ts'
import { UnfiledPages, type ReadRows } from './unfiled-pages.ts'

/** Of all sources together; some 5 MB, and half as much for pages that are not filed yet. */
const MAX_ACCOUNTS = 5_000
/** How old a reading may become, in milliseconds. */
const MAX_AGE_MS = 600_000
/** How often what is too old is thrown away, in milliseconds: personal data is not kept for want of a reader. */
const CLEANING_MS = 60_000
/**
 * For how long after an account was written nothing read of it is kept, in milliseconds: an answer that was made before
 * the write may still be on its way to us. No attempt at an upstream takes that long.
 */
const SETTLING_MS = 10_000

interface Reading {
  readonly identity: Identity
  /** When it was asked for, in monotonic milliseconds. */
  readonly askedAt: number
}

/**
 * How accounts looked when they were last read, over all requests, in bounded memory and for ten minutes. It is for reads
 * that fail (`stale-reads`) and for nothing else. No error is ever kept, and who turned out not to exist is forgotten.
 */
export class RecentAccounts {
  readonly #readings: LRUCache<string, Reading>
  /** Global id -> when it was last forgotten, in monotonic milliseconds. */
  readonly #forgotten: LRUCache<string, number>
  /** Their rows come into the readings when somebody looks for one. */
  readonly #unfiled = new UnfiledPages((read) => this.#file(read), MAX_ACCOUNTS)
  readonly #monotonicNow: () => number
  #cleaning: NodeJS.Timeout | undefined

  constructor(monotonicNow: () => number) {
    const clock = { perf: { now: monotonicNow }, ttlResolution: 0 }
    this.#readings = new LRUCache({ max: MAX_ACCOUNTS, ttl: MAX_AGE_MS, ...clock })
    this.#forgotten = new LRUCache({ max: MAX_ACCOUNTS, ttl: SETTLING_MS, ...clock })
    this.#monotonicNow = monotonicNow
  }

  /** The last reading that has all of these fields and was asked for at or after `from` and before `until`. */
  find(key: AccountKey, fields: readonly CarriedField[], from: number, until: number): Identity | undefined {
    this.#unfiled.fileAll()
    const reading = this.#readings.get(formatIdentityId(key))
    if (!reading || reading.askedAt < from || reading.askedAt >= until) return undefined
    return fields.every((field) => reading.identity[field] !== undefined) ? reading.identity : undefined
  }

  /** To be called when an account was written, may have been, or turned out not to exist. */
  forget(key: AccountKey): void {
    const id = formatIdentityId(key)
    this.#unfiled.fileThoseWith(key)
    this.#readings.delete(id)
    this.#forgotten.set(id, this.#monotonicNow())
  }

  /** The same source; every account that anybody reads of it is remembered. */
  observe(source: AccountSource): AccountSource {
    const { source: name } = source
    if (source.paging === 'offset') {
      const readPage = async (token: OffsetPageToken, scope: ReadScope) => {
        const askedAt = this.#monotonicNow()
        const page = await source.readPage(token, scope)
        this.#keepPage(`${name} ${token.page} ${token.size}`, name, page, askedAt, scope)
        return page
      }
      const readOne = async (sourceId: string, scope: ReadScope) => {
        const askedAt = this.#monotonicNow()
        const identity = await source.readOne(sourceId, scope)
        if (identity) this.#keep({ rows: [settled(identity)], askedAt }, scope)
        else this.forget({ source: name, sourceId })
        return identity
      }
      return { ...source, readPage, readOne }
    }
    const readPage = async (token: CursorPageToken, scope: ReadScope) => {
      const askedAt = this.#monotonicNow()
      const page = await source.readPage(token, scope)
      // There is no other answer that could have more than a row of this list.
      if (page)
        this.#keepPage(`${name} ${token.after} ${token.size}`, name, { rows: page.rows.map(settled) }, askedAt, scope)
      return page
    }
    return { ...source, readPage }
  }

  /** @param asked what for. */
  #keepPage(asked: string, source: IdentitySource, page: Page, askedAt: number, scope: ReadScope): void {
    const { rows } = page
    // What nobody asked for is kept if there is room, which shows when all else has its place.
    if (scope.background) this.#unfiled.fileAll()
    if (scope.background || this.#hasForgotten(rows)) this.#keep({ rows, askedAt }, scope)
    else this.#unfiled.put(asked, source, page, askedAt)
    this.#cleanLater()
  }

  #keep({ rows, askedAt }: ReadRows, { background = false }: ReadScope): void {
    const kept = this.#hasForgotten(rows) ? rows.filter(({ id }) => !this.#forgotten.has(id)) : rows
    this.#file({ rows: kept, askedAt }, background)
    this.#cleanLater()
  }

  #hasForgotten(rows: readonly Identity[]): boolean {
    return this.#forgotten.size > 0 && rows.some(({ id }) => this.#forgotten.has(id))
  }

  #file({ rows, askedAt }: ReadRows, background = false): void {
    for (const identity of rows) {
      const known = this.#readings.get(identity.id)
      // What nobody asked for must not push out what somebody did.
      if (background && !known && this.#readings.size >= MAX_ACCOUNTS) continue
      const kept = known && isConfirmedBy(known, identity, askedAt) ? known : { identity, askedAt }
      this.#readings.set(identity.id, kept, { start: kept.askedAt })
    }
  }

  #cleanLater(): void {
    this.#cleaning ??= setInterval(() => this.#clean(), CLEANING_MS).unref()
  }

  #clean(): void {
    this.#unfiled.fileAll()
    this.#readings.purgeStale()
    this.#forgotten.purgeStale()
    if (this.#readings.size > 0) return
    clearInterval(this.#cleaning)
    this.#cleaning = undefined
  }
}

/**
 * Whether an older reading stays: the new one was asked for before it, or has fewer fields and says the same in those that
 * it has. Two that differ are never mixed: that account may not have existed at any time.
 */
function isConfirmedBy(known: Reading, identity: Identity, askedAt: number): boolean {
  if (askedAt < known.askedAt) return true
  // As most are: a sweep asks this for every row of a list.
  if (missingBits(identity) === 0) return false
  const losesField = (field: CarriedField) => known.identity[field] !== undefined && identity[field] === undefined
  const saysTheSame = (field: CarriedField) =>
    identity[field] === undefined || isDeepStrictEqual(identity[field], known.identity[field])
  return CARRIED_FIELDS.some(losesField) && CARRIED_FIELDS.every(saysTheSame)
}
