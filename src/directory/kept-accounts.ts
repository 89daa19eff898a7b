import type { AccountKey } from '../identity/identity-id.ts'
import type { Identity, IdentitySource } from '../identity/identity.ts'
import type { Standings } from './standings.ts'
import type { DirectoryPage, DirectoryReader, StoreAuditFindings } from './store/store.ts'

/** Accounts of the store, as far as they are good enough for one request. A fault of the store is thrown. */
export class KeptAccounts {
  readonly #reader: DirectoryReader
  readonly #standings: Standings

  constructor(reader: DirectoryReader, standings: Standings) {
    this.#reader = reader
    this.#standings = standings
  }

  /** Of each, undefined: the directory cannot say; null: there is none. */
  byKeys(keys: readonly AccountKey[]): (Identity | null | undefined)[] {
    const notBefore = this.#standings.keptNotBefore()
    const kept = this.#reader.byKeys(keys, notBefore)
    // Once for all: a request may name a thousand whom nobody has heard of.
    const provesAbsences = new Map<IdentitySource, boolean>()
    const isProvenAbsent = (key: AccountKey): boolean => {
      const isProven = provesAbsences.get(key.source) ?? this.#standings.provesAbsences(key.source)
      provesAbsences.set(key.source, isProven)
      return isProven && !this.#standings.hasLostWrite(key)
    }
    return keys.map((key, at) => {
      const ofKey = this.#standings.keptNotBefore(key)
      const identity = ofKey > notBefore ? this.#reader.byKeys([key], ofKey)[0] : kept[at]
      if (identity) return this.#standings.isGood(identity) ? identity : undefined
      return isProvenAbsent(key) ? null : undefined
    })
  }

  /** @param sources must be ready. */
  byEmail(email: string, sources: readonly IdentitySource[]): Identity[] {
    const [holders] = this.#reader.byEmails([email], sources, this.#standings.keptNotBefore())
    return (holders ?? []).map(this.#asFarAsGood)
  }

  readonly toGoodPage = (page: DirectoryPage): DirectoryPage => {
    if (!this.#standings.isAnyDoubted) return page
    const rows = page.rows.map(({ identity, position }) => ({ identity: this.#asFarAsGood(identity), position }))
    return { rows, more: page.more }
  }

  readonly toGoodFindings = ({ orphans, withoutEmail, ...others }: StoreAuditFindings): StoreAuditFindings => ({
    ...others,
    ...(orphans && { orphans: orphans.map(this.#asFarAsGood) }),
    ...(withoutEmail && { withoutEmail: withoutEmail.map(this.#asFarAsGood) }),
  })

  /** Without what may have changed since by a write whose fate is unknown. */
  readonly #asFarAsGood = (identity: Identity): Identity =>
    this.#standings.isDoubted(identity)
      ? (this.#reader.byKeys([identity], this.#standings.keptNotBefore(identity))[0] ?? identity)
      : identity
}
