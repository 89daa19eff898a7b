import type { IdentityDirectory } from '../identity/identity-directory.ts'
import type { Caller } from './caller.ts'

/** What every resolver gets, made for one request. */
export interface Context {
  readonly directory: IdentityDirectory
  readonly caller: Caller
  /** Names the request in logs and records. */
  readonly requestId: string
}
