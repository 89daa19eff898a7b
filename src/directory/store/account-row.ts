import { normalizeEmail } from '../../identity/email.ts'
import { displayName, type CarriedField } from '../../identity/identity.ts'
import { ALL_FIELDS, isIn, maskOf, maskOfCarried, type Fields } from './fields.ts'
import { instantColumns, instantText } from './instant-columns.ts'
import { STATUS_CODES } from './schema.ts'
import type { Terms } from './terms.ts'
import { nameKey } from './words.ts'

/** The columns that hold the fields, each with the field that it belongs to, in the order of `toColumns`. */
const COLUMN_FIELDS = {
  email_key: 'email',
  email_text: 'email',
  first_name: 'firstName',
  last_name: 'lastName',
  status: 'status',
  source_status: 'sourceStatus',
  role: 'role',
  timezone: 'timezone',
  locale: 'locale',
  network: 'network',
  partner: 'partner',
  created_at: 'createdAt',
  created_text: 'createdAt',
  updated_at: 'updatedAt',
  updated_text: 'updatedAt',
} as const satisfies Record<string, CarriedField>

/** What is computed from the fields, in the order of `derivedColumns`. */
const DERIVED_COLUMNS = ['known', 'name_key', 'domain'] as const

export const FIELD_COLUMNS: readonly string[] = [...Object.keys(COLUMN_FIELDS), ...DERIVED_COLUMNS]
const KNOWN = FIELD_COLUMNS.indexOf('known')
/** Without those by which accounts are only ordered and found. */
export const SHOWN_COLUMNS = FIELD_COLUMNS.slice(0, KNOWN + 1)

const MASKS = Object.values(COLUMN_FIELDS).map((field) => maskOf([field]))

export type ColumnValue = string | number | null

const STATUSES = Object.keys(STATUS_CODES) as (keyof typeof STATUS_CODES)[]

export function toColumns(fields: Fields, terms: Terms): ColumnValue[] {
  const term = (text: string | null | undefined): number | null =>
    typeof text === 'string' ? terms.intern(text) : null
  const emailKey = typeof fields.email === 'string' ? normalizeEmail(fields.email) : null
  return [
    emailKey,
    fields.email === emailKey ? null : (fields.email ?? null),
    fields.firstName ?? null,
    fields.lastName ?? null,
    statusCode(fields.status),
    term(fields.sourceStatus),
    term(fields.role),
    term(fields.timezone),
    term(fields.locale),
    term(fields.network),
    term(fields.partner),
    ...instantColumns(fields.createdAt),
    ...instantColumns(fields.updatedAt),
  ]
}

/** @param columns of the same fields. */
export function derivedColumns(fields: Fields, columns: readonly ColumnValue[], terms: Terms): ColumnValue[] {
  const domain = domainOf(columns[0] as string | null)
  const name = displayName(fields.firstName ?? null, fields.lastName ?? null)
  return [maskOfCarried(fields), nameKey(name), domain === null ? null : terms.intern(domain)]
}

/** Whether a row already says all that a reading says: it spares most rows of most sweeps to be taken apart. */
export function saysAll(row: readonly ColumnValue[], columns: readonly ColumnValue[], carried: number): boolean {
  if (((row[KNOWN] as number) & carried) !== carried) return false
  return columns.every((value, index) => value === row[index] || ((MASKS[index] as number) & carried) === 0)
}

/**
 * @param row begins with the columns of SHOWN_COLUMNS.
 * @param mask the fields to take; all others are as if no answer had carried them.
 */
export function fromColumns(row: readonly ColumnValue[], terms: Terms, mask = ALL_FIELDS): Fields {
  const taken = (row[KNOWN] as number) & mask
  return {
    email: isIn('email', taken) ? ((row[1] ?? row[0]) as string | null) : undefined,
    firstName: isIn('firstName', taken) ? (row[2] as string | null) : undefined,
    lastName: isIn('lastName', taken) ? (row[3] as string | null) : undefined,
    status: isIn('status', taken) ? statusOf(row[4] as number | null) : undefined,
    sourceStatus: isIn('sourceStatus', taken) ? termOf(row[5] as number | null, terms) : undefined,
    role: isIn('role', taken) ? termOf(row[6] as number | null, terms) : undefined,
    timezone: isIn('timezone', taken) ? termOf(row[7] as number | null, terms) : undefined,
    locale: isIn('locale', taken) ? termOf(row[8] as number | null, terms) : undefined,
    network: isIn('network', taken) ? termOf(row[9] as number | null, terms) : undefined,
    partner: isIn('partner', taken) ? termOf(row[10] as number | null, terms) : undefined,
    createdAt: isIn('createdAt', taken) ? instantText(row[11] as number | null, row[12] as string | null) : undefined,
    updatedAt: isIn('updatedAt', taken) ? instantText(row[13] as number | null, row[14] as string | null) : undefined,
  }
}

function statusOf(code: number | null): string | null {
  return code === null ? null : (STATUSES[code] as string)
}

function termOf(id: number | null, terms: Terms): string | null {
  return id === null ? null : terms.text(id)
}

export function statusCode(status: string | null | undefined): number | null {
  return STATUS_CODES[status as keyof typeof STATUS_CODES] ?? null
}

function domainOf(emailKey: string | null): string | null {
  const at = emailKey?.lastIndexOf('@') ?? -1
  return at < 0 ? null : emailKey?.slice(at + 1) || null
}
