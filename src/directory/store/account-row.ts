import { normalizeEmail } from '../../identity/email.ts'
import { displayName, type CarriedField } from '../../identity/identity.ts'
import { isIn, maskOf, maskOfCarried, type Fields } from './fields.ts'
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

type FieldColumn = keyof typeof COLUMN_FIELDS | (typeof DERIVED_COLUMNS)[number]
export const FIELD_COLUMNS = [...Object.keys(COLUMN_FIELDS), ...DERIVED_COLUMNS] as readonly FieldColumn[]

const MASKS = Object.values(COLUMN_FIELDS).map((field) => maskOf([field]))
const KNOWN = FIELD_COLUMNS.indexOf('known')

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

/** @param row the columns of FIELD_COLUMNS. */
export function fromColumns(row: readonly ColumnValue[], terms: Terms): Fields {
  const known = row[KNOWN] as number
  const value = (field: CarriedField, held: ColumnValue): string | null | undefined =>
    isIn(field, known) ? (held as string | null) : undefined
  const term = (column: number): string | null => {
    const id = row[column] as number | null
    return id === null ? null : terms.text(id)
  }
  return {
    email: value('email', (row[1] ?? row[0]) as string | null),
    firstName: value('firstName', row[2] as string | null),
    lastName: value('lastName', row[3] as string | null),
    status: value('status', row[4] === null ? null : (STATUSES[row[4] as number] as string)),
    sourceStatus: value('sourceStatus', term(5)),
    role: value('role', term(6)),
    timezone: value('timezone', term(7)),
    locale: value('locale', term(8)),
    network: value('network', term(9)),
    partner: value('partner', term(10)),
    createdAt: value('createdAt', instantText(row[11] as number | null, row[12] as string | null)),
    updatedAt: value('updatedAt', instantText(row[13] as number | null, row[14] as string | null)),
  }
}

export function statusCode(status: string | null | undefined): number | null {
  return STATUS_CODES[status as keyof typeof STATUS_CODES] ?? null
}

function domainOf(emailKey: string | null): string | null {
  const at = emailKey?.lastIndexOf('@') ?? -1
  return at < 0 ? null : emailKey?.slice(at + 1) || null
}
