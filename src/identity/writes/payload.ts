import type { Identity } from '../identity.ts'

export type MutationOutcome = 'APPLIED' | 'UNCHANGED' | 'REJECTED' | 'PARTIAL' | 'UNKNOWN'

export type IdentityErrorCode =
  | 'INVALID_INPUT'
  | 'EMAIL_TAKEN'
  | 'NOT_FOUND'
  | 'NOT_SUPPORTED'
  | 'PROTECTED'
  | 'WRITES_DISABLED'
  | 'NOT_GRANTED'
  | 'CONFLICT'
  | 'INCOMPLETE_RECORD'
  | 'REJECTED_BY_SOURCE'
  | 'OUTCOME_UNKNOWN'

export interface IdentityError {
  readonly code: IdentityErrorCode
  /** Written here: it repeats neither what was sent nor what the source said. */
  readonly message: string
  readonly path: readonly string[] | null
}

/** What every mutation answers. A mutation that throws instead has written nothing, and may be tried again. */
export interface MutationPayload {
  readonly outcome: MutationOutcome
  readonly identity: Identity | null
  readonly errors: readonly IdentityError[]
  readonly idempotencyKey: string | null
}

/** @param field the name of the input's field that it is about, if it is about one. */
export function identityError(code: IdentityErrorCode, message: string, field?: string): IdentityError {
  return { code, message, path: field === undefined ? null : ['input', field] }
}

export function applied(identity: Identity | null): MutationPayload {
  return { outcome: 'APPLIED', identity, errors: [], idempotencyKey: null }
}

export function unchanged(identity: Identity): MutationPayload {
  return { outcome: 'UNCHANGED', identity, errors: [], idempotencyKey: null }
}

export function rejected(errors: readonly IdentityError[], identity: Identity | null = null): MutationPayload {
  return { outcome: 'REJECTED', identity, errors, idempotencyKey: null }
}

export function partial(errors: readonly IdentityError[], identity: Identity | null): MutationPayload {
  return { outcome: 'PARTIAL', identity, errors, idempotencyKey: null }
}

export function unknown(message: string, identity: Identity | null = null): MutationPayload {
  return { outcome: 'UNKNOWN', identity, errors: [identityError('OUTCOME_UNKNOWN', message)], idempotencyKey: null }
}

export function notFound(): MutationPayload {
  return rejected([identityError('NOT_FOUND', 'The source has no such account.', 'id')])
}

export function conflict(identity: Identity | null): IdentityError {
  const now = identity ? 'it stands as shown' : 'it is gone'
  return identityError('CONFLICT', `Somebody else changed the account: ${now}. Look at it before you try again.`)
}
