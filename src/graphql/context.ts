import type { IdentityDirectory } from '../identity/identity-directory.ts'

/** What every resolver gets, made for one request. */
export interface Context {
  readonly directory: IdentityDirectory
}
