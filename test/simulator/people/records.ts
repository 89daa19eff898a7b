import { createRandom } from './random.ts'
import type { RecordKind } from './people-store.ts'

/** One user of the legacy upstream. Times are ISO 8601 in UTC with milliseconds, whatever the wire shows. */
export interface LegacyPerson {
  user_id: string
  firstname: string | null
  lastname: string | null
  email: string | null
  /** Kept so that a test can see it survive; never sent. */
  password: string
  status: string
  role: string | null
  timezone: string | null
  locale: string | null
  /** A field that no guide mentions. It can be written all the same, and PUT resets it like the others. */
  phone: string | null
  created_at: string
  updated_at: string
}

/** One site partner user, as on the wire but for the times (ISO 8601 in UTC with milliseconds). */
export interface SitePartnerPerson {
  id: string
  email: string | null
  network: { id: string }
  partner: { id: string }
  firstName: string | null
  lastName: string | null
  isArchived: boolean
  createdAt: string
  updatedAt: string
}

export const NETWORK_ID = 'net_simulatedNetwork00001'

/** What vendor ids of the legacy upstream look like: the account's number, an `l`, the user's number. */
export const legacyId = (number: number): string => `1101l${number}`

/** The same id as the number that an older release of the legacy upstream would show; ids without digits stay text. */
export function numericLegacyId(id: string): number | string {
  const digits = id.replaceAll(/\D/g, '')
  return digits === '' ? id : Number(digits)
}

export function legacyRecords(): RecordKind<LegacyPerson> {
  // Far above the numbers of the first population, so that new accounts are easy to tell.
  let minted = 900_000
  return {
    idOf: (person) => person.user_id,
    mintId: () => legacyId((minted += 1)),
    touched: (now) => ({ updated_at: now.toISOString() }),
    complete: (fields, mintId, now) => ({
      user_id: fields.user_id ?? mintId(),
      firstname: null,
      lastname: null,
      email: null,
      password: 'simulated password',
      status: 'active',
      role: 'standard',
      timezone: null,
      locale: null,
      phone: null,
      created_at: now.toISOString(),
      updated_at: fields.created_at ?? now.toISOString(),
      ...fields,
    }),
  }
}

/** @param partnerId the site partner of those who were given none */
export function sitePartnerRecords(partnerId: string): RecordKind<SitePartnerPerson> {
  const random = createRandom(77)
  return {
    idOf: (person) => person.id,
    mintId: () => `spu_${random.token(21)}`,
    touched: (now) => ({ updatedAt: now.toISOString() }),
    complete: (fields, mintId, now) => ({
      id: fields.id ?? mintId(),
      email: null,
      network: { id: NETWORK_ID },
      partner: { id: partnerId },
      firstName: null,
      lastName: null,
      isArchived: false,
      createdAt: now.toISOString(),
      updatedAt: fields.createdAt ?? now.toISOString(),
      ...fields,
    }),
  }
}
