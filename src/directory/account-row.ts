import { normalizeEmail } from '../identity/email.ts'
import { displayName } from '../identity/identity.ts'
import { isIn, maskOfCarried, type Fields } from './fields.ts'
import { STATUS_CODES } from './schema.ts'
import type { Terms } from './terms.ts'
import { nameKey } from './words.ts'

/** The columns that hold the fields, and what is computed from them, in the order of `toColumns`. */
export const FIELD_COLUMNS = [
  'known',
  'email_key',
  'email_text',
  'first_name',
  'last_name',
  'status',
  'source_status',
  'role',
  'timezone',
  'locale',
  'network',
  'partner',
  'created_at',
  'created_text',
  'updated_at',
  'updated_text',
  'name_key',
  'domain',
] as const

export type ColumnValue = string | number | null

const STATUSES = Object.keys(STATUS_CODES) as (keyof typeof STATUS_CODES)[]

export function toColumns(fields: Fields, terms: Terms): ColumnValue[] {
  const term = (text: string | null | undefined): number | null =>
    typeof text === 'string' ? terms.intern(text) : null
  const emailKey = typeof fields.email === 'string' ? normalizeEmail(fields.email) : null
  const name = displayName(fields.firstName ?? null, fields.lastName ?? null)
  return [
    maskOfCarried(fields),
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
    nameKey(name),
    term(domainOf(emailKey)),
  ]
}

/** @param row the columns of FIELD_COLUMNS. */
export function fromColumns(row: readonly ColumnValue[], terms: Terms): Fields {
  const known = row[0] as number
  const value = (field: keyof Fields, held: ColumnValue): string | null | undefined =>
    isIn(field, known) ? (held as string | null) : undefined
  const term = (column: number): string | null => {
    const id = row[column] as number | null
    return id === null ? null : terms.text(id)
  }
  return {
    email: value('email', (row[2] ?? row[1]) as string | null),
    firstName: value('firstName', row[3] as string | null),
    lastName: value('lastName', row[4] as string | null),
    status: value('status', row[5] === null ? null : (STATUSES[row[5] as number] as string)),
    sourceStatus: value('sourceStatus', term(6)),
    role: value('role', term(7)),
    timezone: value('timezone', term(8)),
    locale: value('locale', term(9)),
    network: value('network', term(10)),
    partner: value('partner', term(11)),
    createdAt: value('createdAt', instantText(row[12] as number | null, row[13] as string | null)),
    updatedAt: value('updatedAt', instantText(row[14] as number | null, row[15] as string | null)),
  }
}

export function statusCode(status: string | null | undefined): number | null {
  return STATUS_CODES[status as keyof typeof STATUS_CODES] ?? null
}

function domainOf(emailKey: string | null): string | null {
  const at = emailKey?.lastIndexOf('@') ?? -1
  return at < 0 ? null : emailKey?.slice(at + 1) || null
}

/** `new Date` makes a date of almost any text; an instant that can be shown begins like this and says its zone. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i

function instantColumns(text: string | null | undefined): [number | null, string | null] {
  if (typeof text !== 'string') return [null, null]
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instant)) return [null, text]
  return [instant, text === usualText(instant) ? null : text]
}

function instantText(instant: number | null, text: string | null): string | null {
  return text ?? (instant === null ? null : usualText(instant))
}

/** Without a fraction if that would be zeros. */
function usualText(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z')
}
