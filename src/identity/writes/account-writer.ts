import type { ReadScope } from '../account-source.ts'
import type { Identity } from '../identity.ts'

/** What an upstream says to a write. A call that rejects instead tells in its error's `delivery` what became of it. */
export type WriteAnswer<Value> = { readonly kind: 'done'; readonly value: Value } | Refusal

/** The upstream did not do it, and said so. */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: 'NOT_GRANTED' | 'NOT_FOUND' | 'REJECTED'
  /** The fields that it found fault with, as far as it names any that we know. */
  readonly fields: readonly string[]
}

/** What a LEGACY account is made of, by the names that inputs have; `status` is the source's own word. */
export const RECORD_FIELDS = ['firstName', 'lastName', 'email', 'status', 'role', 'timezone', 'locale'] as const
export type RecordField = (typeof RECORD_FIELDS)[number]

/** Fields of an account. Undefined: not carried; null: the source says that there is none. */
export type FieldValues<Field extends string = string> = Readonly<Partial<Record<Field, string | null | undefined>>>

/** A whole account as one answer had it. */
export interface AccountRecord {
  readonly identity: Identity
  readonly values: FieldValues<RecordField>
  /** What else the source says of the account and nobody here knows: it has to be sent back, or it would be wiped. */
  readonly others: Readonly<Record<string, unknown>>
}

export interface NewRecord {
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly password: string
}

/**
 * Writes to an upstream whose update replaces the whole record. Each method makes one call (`putRecord` and `create` may make
 * a second one to understand a refusal).
 */
export interface RecordWriter {
  /** The source id of the account that owns our own credentials. */
  readonly readOwner: (scope: ReadScope) => Promise<string>
  /** Null when the source has no such account. */
  readonly readRecord: (sourceId: string, scope: ReadScope) => Promise<AccountRecord | null>
  readonly create: (account: NewRecord, scope: ReadScope) => Promise<WriteAnswer<Identity>>
  /** @param record all of it: what is missing is reset. */
  readonly putRecord: (
    sourceId: string,
    record: Pick<AccountRecord, 'values' | 'others'>,
    scope: ReadScope,
  ) => Promise<WriteAnswer<null>>
  readonly remove: (sourceId: string, scope: ReadScope) => Promise<WriteAnswer<null>>
  /** The upstream's own names of fields, for messages. */
  readonly nameOf: (field: RecordField) => string
}

export const PATCH_FIELDS = ['email', 'firstName', 'lastName'] as const
export type PatchField = (typeof PATCH_FIELDS)[number]

export interface NewPartnerAccount {
  readonly email: string
  readonly partnerId: string
  readonly firstName: string | undefined
  readonly lastName: string | undefined
}

/** Writes to an upstream whose update takes the changed fields alone. Each method makes one call. */
export interface PatchWriter {
  readonly create: (account: NewPartnerAccount, scope: ReadScope) => Promise<WriteAnswer<Identity>>
  /** @returns the account as the answer shows it. */
  readonly patch: (
    sourceId: string,
    changes: Readonly<Partial<Record<PatchField, string>>>,
    scope: ReadScope,
  ) => Promise<WriteAnswer<Identity>>
  /** Whoever is archived already stays so, without a fault. */
  readonly archive: (sourceId: string, scope: ReadScope) => Promise<WriteAnswer<null>>
}
