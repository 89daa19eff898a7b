import type { Identity, IdentitySource } from '../identity.ts'

/** A write has ended, or what can be known of it is known: whoever keeps what was read before has to take note. */
export interface Written {
  readonly source: IdentitySource
  /** Null: an account that may have been created, of which the id is not known. */
  readonly sourceId: string | null
  /** As it is now; a field that is undefined is as it was, or has to be asked for. Null: gone, or to be asked for. */
  readonly identity: Identity | null
  /** There is no such account any more. */
  readonly gone: boolean
}
