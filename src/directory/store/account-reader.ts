import type { AccountKey } from '../../identity/identity-id.ts'
import { SOURCES, type Identity, type IdentitySource } from '../../identity/identity.ts'
import type { ColumnValue } from './account-row.ts'
import type { KeptReads } from './kept-reads.ts'
import { TABLES } from './schema.ts'
import { accountColumns, toAccount } from './shown-account.ts'
import type { DirectoryPage } from './store.ts'
import type { Terms } from './terms.ts'

type Parameters = readonly (string | number)[]

/** Reads rows as arrays. */
export type ReadAll = (sql: string, parameters: Parameters) => ColumnValue[][]

/** An account, and its place in the order in which it was found. */
export type FoundAccount = DirectoryPage['rows'][number]

/** Where accounts are found; `key` is the column that they are ordered by. */
export interface Search {
  readonly source: IdentitySource
  readonly key: string
  /** From the word FROM on. */
  readonly from: string
  readonly parameters: Parameters
  /** See DirectoryReader. */
  readonly notBefore: number
}

/** Accounts as identities, those that are kept among them. */
export class AccountReader {
  readonly #all: ReadAll
  readonly #terms: Terms
  readonly #kept: KeptReads | undefined

  constructor(all: ReadAll, terms: Terms, kept: KeptReads | undefined) {
    this.#all = all
    this.#terms = terms
    this.#kept = kept
  }

  byKeys(keys: readonly AccountKey[], notBefore: number): (Identity | undefined)[] {
    const kept = {
      LEGACY: this.#keptOf('LEGACY', notBefore),
      SITE_PARTNER: this.#keptOf('SITE_PARTNER', notBefore),
    }
    const found = keys.map(({ source, sourceId }) => kept[source]?.get(sourceId))
    if (!found.includes(undefined)) return found
    for (const source of SOURCES) {
      const ids = keys.flatMap((key, at) => (key.source === source && !found[at] ? key.sourceId : []))
      const read = this.#byIds(source, ids, notBefore)
      for (const [at, key] of keys.entries()) if (key.source === source) found[at] ??= read.get(key.sourceId)
    }
    return found
  }

  find({ source, key, from, parameters, notBefore }: Search): FoundAccount[] {
    const rows = this.#all(`SELECT ${accountColumns(notBefore)}, ${key} ${from}`, parameters)
    return rows.map((row) => {
      const identity = this.#toIdentity(source, row, notBefore)
      return { identity, position: { source, key: row.at(-1) as ColumnValue, sourceId: identity.sourceId } }
    })
  }

  /** One question for all of them: each question takes longer than to read an account. */
  #byIds(source: IdentitySource, sourceIds: readonly string[], notBefore: number): Map<string, Identity> {
    if (sourceIds.length === 0) return NOBODY
    const select = `SELECT ${accountColumns(notBefore)} FROM`
    const table = `${TABLES[source]}_account`
    const rows =
      sourceIds.length === 1
        ? this.#all(`${select} ${table} WHERE source_id = ?`, sourceIds)
        : this.#all(`${select} json_each(?) CROSS JOIN ${table} WHERE source_id = value`, [JSON.stringify(sourceIds)])
    const identities = rows.map((row) => this.#toIdentity(source, row, notBefore))
    return new Map(identities.map((identity) => [identity.sourceId, identity]))
  }

  #toIdentity(source: IdentitySource, row: readonly ColumnValue[], notBefore: number): Identity {
    const identity = toAccount(source, row, notBefore, this.#terms)
    if (notBefore === -Infinity) this.#kept?.keep(identity)
    return identity
  }

  /** How an account looks depends on what is too old: what is kept is for those who do not mind. */
  #keptOf(source: IdentitySource, notBefore: number): ReadonlyMap<string, Identity> | undefined {
    return notBefore === -Infinity ? this.#kept?.accountsOf(source) : undefined
  }
}

const NOBODY: Map<string, Identity> = new Map()
