import type { IdentityDirectory } from '../identity/identity-directory.ts'
import type { IdentityWrites } from '../identity/writes/identity-writes.ts'
import type { Caller } from './caller.ts'

/** What every resolver gets, made for one request. */
export interface Context {
  /** Another one after each mutation, for which nothing has been read yet. */
  readonly directory: IdentityDirectory
  readonly writes: IdentityWrites
  readonly caller: Caller
  /** Names the request in logs and records. */
  readonly requestId: string
}
