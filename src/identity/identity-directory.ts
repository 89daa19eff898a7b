import type { ReadScope } from './account-source.ts'
import type { ChangesArguments } from './change-cursor.ts'
import type { AuditInput, IdentityAudit } from './audit.ts'
import type { ConnectionArguments } from './connection-arguments.ts'
import type { IdentityConnection } from './connection.ts'
import type { IdentityChangeConnection } from './identity-change.ts'
import type { AccountKey } from './identity-id.ts'
import type { CarriedField, Identity, IdentityHolder } from './identity.ts'
import type { SourceState } from './source-states.ts'

/**
 * What resolvers ask, made for one request: it reads every page and every account at most once. All of it rejects with a
 * PublicError.
 */
export interface IdentityDirectory {
  /** Null when the source has no such account. @param needs the fields that it is wanted for, to plan the look-up. */
  identity(key: AccountKey, needs: readonly CarriedField[]): Promise<Identity | null>
  /** The same for each of many, in order; a promise only for those that have to be asked for. */
  identitiesByKey(
    keys: readonly AccountKey[],
    needs: readonly CarriedField[],
  ): readonly (Identity | null | Promise<Identity | null>)[]
  identities(args: ConnectionArguments): Promise<IdentityConnection>
  /** What was found to have happened, oldest first, each change once. */
  changes(args: ChangesArguments): Promise<IdentityChangeConnection>
  /** Null when no source has this address. @param email normalized. */
  holder(email: string): Promise<IdentityHolder | null>
  /** @param email normalized. */
  identitiesOf(email: string): Promise<readonly Identity[]>
  /** @param names the fields of it that are selected: no other part is looked for. */
  audit(input: AuditInput, names: ReadonlySet<string>): Promise<IdentityAudit>
  /** The same identity with what its source has of the fields that were not carried. */
  complete(identity: Identity): Promise<Identity>
  /** When it was read, with the fields that are being completed in this go: of several readings, the oldest. */
  asOf(identity: Identity): Promise<Date>
  sourceStates(): readonly SourceState[]
}

/** @param openedAt when the request began, in monotonic milliseconds; now, unless it is given. */
export type OpenDirectory = (scope: ReadScope, openedAt?: number) => IdentityDirectory
