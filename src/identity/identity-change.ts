import type { PageInfo } from './connection.ts'
import type { AccountKey } from './identity-id.ts'
import type { CarriedField } from './identity.ts'

export type IdentityChangeKind = 'PROVISIONED' | 'UPDATED' | 'DEACTIVATED' | 'REACTIVATED' | 'ARCHIVED' | 'GONE'

/** What was found to have happened to one account. */
export interface IdentityChange extends AccountKey {
  readonly kind: IdentityChangeKind
  readonly identityId: string
  /** When the answer that showed it came; of somebody who is gone, when that was asked. */
  readonly observedAt: Date
  /** Which fields are not what they were; none of who came or went. */
  readonly fields: readonly CarriedField[]
}

/** A place in the log, behind one of its changes or where it begins. Equal places are in the same log. */
export interface ChangePlace {
  readonly seq: number
  /** Random, of whoever wrote there: places that were lost, or are another log's, have another one. */
  readonly run: number
}

export interface IdentityChangeEdge {
  readonly node: IdentityChange
  readonly cursor: string
}

/** A stretch of the log, in the shape that the schema shows. */
export interface IdentityChangeConnection {
  readonly edges: readonly IdentityChangeEdge[]
  readonly nodes: readonly IdentityChange[]
  readonly pageInfo: PageInfo
  readonly latestCursor: string
}
