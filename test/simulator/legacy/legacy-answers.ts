import { STATUS_CODES } from 'node:http'
import { Refusal, retryAfterHeaders, wholeSeconds } from '../server/answer.ts'
import type { Answer, Dialect } from '../server/answer.ts'
import type { LegacySwitches } from './legacy-switches.ts'
import { numericLegacyId } from '../people/records.ts'
import type { LegacyPerson } from '../people/records.ts'

/** A failure in the envelope of the unversioned API. */
export function legacyFailure(
  status: number,
  message = STATUS_CODES[status] ?? 'Error',
  type = String(status),
): Answer {
  return { status, body: { error: { message, type } } }
}

/** A 400 (or 409) about the named fields. */
export function invalid(message: string, fields: readonly string[] = [], status: number = 400): Refusal {
  return new Refusal({ status, body: { error: { message, type: 'Validation Fail', fields } } })
}

export function createLegacyDialect(now: () => Date): Dialect {
  return {
    failure: (status) => legacyFailure(status, status === 429 ? 'Too Many Requests' : undefined),
    throttleHeaders: (style, seconds) =>
      style === 'vendor'
        ? {
            'x-ratelimit-limit': '100',
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': String(seconds),
            'x-ratelimit-retry-after': String(seconds),
          }
        : retryAfterHeaders(style, seconds, now()),
  }
}

export function shownId(id: string, switches: LegacySwitches): string | number {
  return switches.numericIds ? numericLegacyId(id) : id
}

/** The five fields that the guide shows. */
export function guideRow(person: LegacyPerson, switches: LegacySwitches): Record<string, unknown> {
  const { user_id, firstname, lastname, email, status } = person
  return { user_id: shownId(user_id, switches), firstname, lastname, email, status }
}

/** Everything but the password, and two fields that no guide mentions. */
export function fullRow(person: LegacyPerson, switches: LegacySwitches): Record<string, unknown> {
  const { role, timezone, locale, phone, created_at, updated_at } = person
  return {
    ...guideRow(person, switches),
    role,
    timezone,
    locale,
    created_at: shownTime(created_at, switches),
    updated_at: shownTime(updated_at, switches),
    network_id: '1101l7',
    phone,
  }
}

/** The caller as the vendor's own documents show it: other names for the fields, and the caller's key among them. */
export function vendorCaller(
  person: LegacyPerson,
  userApiKey: string,
  switches: LegacySwitches,
): Record<string, unknown> {
  return {
    user_id: shownId(person.user_id, switches),
    user_name: person.email,
    email_address: person.email,
    firstname: person.firstname,
    lastname: person.lastname,
    locale: person.locale,
    created: shownTime(person.created_at, { ...switches, timestamps: 'vendor' }),
    network_id: '1101l7',
    user_api_key: userApiKey,
  }
}

function shownTime(iso: string, switches: LegacySwitches): string {
  const seconds = wholeSeconds(iso)
  return switches.timestamps === 'iso' ? seconds : seconds.replace('T', ' ').replace('Z', '')
}
