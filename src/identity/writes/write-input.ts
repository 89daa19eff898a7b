import type { AccountKey } from '../identity-id.ts'
import { PATCH_FIELDS, type FieldValues, type NewPartnerAccount, type NewRecord } from './account-writer.ts'
import { InputCheck } from './input-check.ts'
import { identityError, type IdentityError } from './payload.ts'

type Given<Value> = Value | null | undefined

export interface ProvisionLegacyInput {
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly password?: Given<string>
  readonly role?: Given<string>
  readonly timezone?: Given<string>
  readonly locale?: Given<string>
  readonly idempotencyKey?: Given<string>
}

export interface ProvisionSitePartnerInput {
  readonly email: string
  readonly partnerId: string
  readonly firstName?: Given<string>
  readonly lastName?: Given<string>
  readonly idempotencyKey?: Given<string>
}

export interface UpdateInput {
  readonly id: string
  readonly email?: Given<string>
  readonly firstName?: Given<string>
  readonly lastName?: Given<string>
  readonly role?: Given<string>
  readonly timezone?: Given<string>
  readonly locale?: Given<string>
  readonly expectedUpdatedAt?: Given<Date>
}

export interface IdInput {
  readonly id: string
}

export interface DeleteInput extends IdInput {
  readonly confirmEmail: string
}

/** An input that makes sense, or everything that is wrong with it. */
export type Checked<Value> = { readonly errors: readonly IdentityError[] } | { readonly value: Value }

/** Fields that a LEGACY account has and no SITE_PARTNER one. */
const WORDS = ['role', 'timezone', 'locale'] as const

export interface LegacyCreation {
  /** Undefined: one is to be made. */
  readonly account: Omit<NewRecord, 'password'> & { readonly password: string | undefined }
  /** What POST does not take. */
  readonly rest: FieldValues<(typeof WORDS)[number]>
  readonly idempotencyKey: string | undefined
}

export function checkProvisionLegacy(input: ProvisionLegacyInput): Checked<LegacyCreation> {
  const check = new InputCheck()
  check.email('email', input.email)
  check.name('firstName', input.firstName)
  check.name('lastName', input.lastName)
  check.password(input.password)
  for (const field of WORDS) check.word(field, input[field])
  check.idempotencyKey(input.idempotencyKey)
  const { email, firstName, lastName, password, idempotencyKey } = input
  const given = WORDS.flatMap((field) => (input[field] ? [[field, input[field]] as const] : []))
  return checked(check, {
    account: { email, firstName, lastName, password: password ?? undefined },
    rest: Object.fromEntries(given),
    idempotencyKey: idempotencyKey ?? undefined,
  })
}

export interface SitePartnerCreation {
  readonly account: NewPartnerAccount
  readonly idempotencyKey: string | undefined
}

export function checkProvisionSitePartner(input: ProvisionSitePartnerInput): Checked<SitePartnerCreation> {
  const check = new InputCheck()
  const { email, partnerId, firstName, lastName, idempotencyKey } = input
  check.email('email', email)
  check.reference('partnerId', partnerId)
  if (typeof firstName === 'string') check.name('firstName', firstName)
  if (typeof lastName === 'string') check.name('lastName', lastName)
  check.idempotencyKey(idempotencyKey)
  const account = { email, partnerId, firstName: firstName ?? undefined, lastName: lastName ?? undefined }
  return checked(check, { account, idempotencyKey: idempotencyKey ?? undefined })
}

export interface Update {
  readonly key: AccountKey
  /** The fields that were given; null only where it clears. */
  readonly changes: FieldValues
  readonly expectedUpdatedAt: Date | undefined
}

export function checkUpdate(input: UpdateInput): Checked<Update> {
  const check = new InputCheck()
  const key = check.id(input.id)
  for (const field of PATCH_FIELDS) {
    const value = input[field]
    if (value === null) check.fault(field, 'This cannot be cleared: leave it out, or give a new one.')
    else if (value !== undefined && field === 'email') check.email(field, value)
    else if (value !== undefined) check.name(field, value)
  }
  const words = WORDS.filter((field) => input[field] !== undefined)
  for (const field of words) check.word(field, input[field])
  if (key?.source === 'SITE_PARTNER') check.faults.push(...words.map((field) => onlyLegacyHas(field)))
  const given = [...PATCH_FIELDS, ...WORDS].filter((field) => input[field] !== undefined)
  const changes = Object.fromEntries(given.map((field) => [field, input[field]]))
  return checkedWithKey(check, key, (key) => ({
    key,
    changes,
    expectedUpdatedAt: input.expectedUpdatedAt ?? undefined,
  }))
}

function onlyLegacyHas(field: string): IdentityError {
  return identityError('NOT_SUPPORTED', `SITE_PARTNER accounts have no ${field}.`, field)
}

export function checkDeactivate(input: IdInput): Checked<AccountKey> {
  const check = new InputCheck()
  return checkedWithKey(check, check.id(input.id), (key) => key)
}

/** @returns the LEGACY account's source id. */
export function checkReactivate(input: IdInput): Checked<string> {
  const check = new InputCheck()
  return onlyLegacy(
    check,
    check.id(input.id),
    'SITE_PARTNER has no way back from its archive: provision a new account.',
  )
}

/** @returns the LEGACY account's source id. */
export function checkDelete(input: DeleteInput): Checked<string> {
  const check = new InputCheck()
  const key = check.id(input.id)
  check.email('confirmEmail', input.confirmEmail)
  return onlyLegacy(check, key, 'SITE_PARTNER accounts cannot be deleted: deactivate the account, which archives it.')
}

function onlyLegacy(check: InputCheck, key: AccountKey | undefined, message: string): Checked<string> {
  if (key && key.source !== 'LEGACY') check.faults.push(identityError('NOT_SUPPORTED', message, 'id'))
  return checkedWithKey(check, key, ({ sourceId }) => sourceId)
}

function checkedWithKey<Value>(
  check: InputCheck,
  key: AccountKey | undefined,
  toValue: (key: AccountKey) => Value,
): Checked<Value> {
  return key && check.faults.length === 0 ? { value: toValue(key) } : { errors: check.faults }
}

function checked<Value>(check: InputCheck, value: Value): Checked<Value> {
  return check.faults.length === 0 ? { value } : { errors: check.faults }
}
