import type { Identity } from '../identity.ts'
import type { KnownEnds } from '../newest-rows.ts'

export interface KnownHolders {
  readonly accounts: readonly Identity[]
  readonly ends: KnownEnds
}

/** What is known of one source's accounts without asking it. None of this throws. */
export interface KnownAccounts {
  /**
   * Who had this address when last seen, and where the list ended then; undefined: too little is known, or it is too old.
   *
   * @param email normalized.
   */
  holders(email: string): Promise<KnownHolders | undefined>
  /** Whether the account was ever seen. */
  has(sourceId: string): boolean
}
