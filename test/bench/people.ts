/**
 * People made by formula, so that a million of them take no memory and every process knows them without being told. The
 * simulator's people are richer; these are for speed, and their upstream (`upstream.ts`) checks and counts next to nothing.
 */
const FIRST = ['Ana', 'Björn', 'Chidi', 'Daniela', 'Emeka', 'Fiona', 'Giulia', 'Hugo', 'Inês', 'Jonas', 'Keiko', 'Zoë']
const LAST = ['Abbott', 'Bauer', 'Castillo', 'Demir', 'Eriksson', 'Fernández', 'Gupta', 'Haddad', 'Ivanova', 'Okonkwo']
const ROLES = ['standard', 'standard', 'standard', 'admin', 'standard', 'campaign-viewer', null]
const FIRST_DAY = Date.UTC(2019, 0, 7, 8)

/** What a subgraph shows of somebody, as far as the queries here ask for it. */
export interface Shown {
  readonly __typename: 'Identity'
  readonly id: string
  readonly source: 'LEGACY' | 'SITE_PARTNER'
  readonly sourceId: string
  readonly email: string | null
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
  readonly status: 'ACTIVE' | 'INACTIVE' | 'ARCHIVED' | 'UNKNOWN'
  readonly role: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

/** A row of the user API, as it is on the wire. */
export interface LegacyRow {
  readonly user_id: string
  readonly firstname: string
  readonly lastname: string
  readonly email: string
  readonly status: string
  readonly role: string | null
  readonly timezone: string
  readonly locale: string
  readonly created_at: string
  readonly updated_at: string
}

/** A row of the site partner API, as it is on the wire. */
export interface SitePartnerRow {
  readonly id: string
  readonly email: string | null
  readonly network: { readonly id: string }
  readonly partner: { readonly id: string }
  readonly firstName: string
  readonly lastName: string
  readonly isArchived: boolean
  readonly createdAt: string
  readonly updatedAt: string
}

/** @param index the place in the upstream's list, from 0; so for all functions here. */
export function legacyRow(index: number): LegacyRow {
  return {
    user_id: `1101l${16_840 + index * 3}`,
    firstname: pick(FIRST, index),
    lastname: pick(LAST, index),
    email: `person${index}@example.com`,
    status: index % 10 === 3 ? 'inactive' : index % 10 === 7 ? 'pending-review' : 'active',
    role: pick(ROLES, index),
    timezone: 'Europe/London',
    locale: 'en_us',
    created_at: instant(index * 60),
    updated_at: instant(index * 60 + (index % 5) * 86_400),
  }
}

export function sitePartnerRow(index: number): SitePartnerRow {
  const isArchived = index % 12 === 5
  return {
    id: `spu_${index.toString(36).padStart(8, '0')}BenchBenchBen`,
    email: isArchived ? null : sitePartnerEmail(index),
    network: { id: 'net_benchNetwork000000001' },
    partner: { id: `sp_benchPartner000000000${index % 5}` },
    firstName: pick(FIRST, index),
    lastName: pick(LAST, index),
    isArchived,
    createdAt: instant(index * 60),
    updatedAt: instant(index * 60 + (index % 7) * 86_400),
  }
}

/** The place of a row by its id; undefined where it is nobody's. */
export function legacyIndex(id: string): number | undefined {
  const index = (Number(id.replace(/^1101l/, '')) - 16_840) / 3
  return Number.isInteger(index) && index >= 0 ? index : undefined
}

export function sitePartnerIndex(id: string): number | undefined {
  const index = Number.parseInt(id.slice(4, 12), 36)
  return Number.isInteger(index) && sitePartnerRow(index).id === id ? index : undefined
}

export function shownLegacy(index: number): Shown {
  return showLegacy(legacyRow(index))
}

export function shownSitePartner(index: number): Shown {
  return showSitePartner(sitePartnerRow(index))
}

export function showLegacy(row: LegacyRow): Shown {
  return {
    __typename: 'Identity',
    id: `legacy:${row.user_id}`,
    source: 'LEGACY',
    sourceId: row.user_id,
    email: row.email,
    firstName: row.firstname,
    lastName: row.lastname,
    displayName: `${row.firstname} ${row.lastname}`,
    status: row.status === 'active' ? 'ACTIVE' : row.status === 'inactive' ? 'INACTIVE' : 'UNKNOWN',
    role: row.role,
    createdAt: withMilliseconds(row.created_at),
    updatedAt: withMilliseconds(row.updated_at),
  }
}

export function showSitePartner(row: SitePartnerRow): Shown {
  return {
    __typename: 'Identity',
    id: `site-partner:${row.id}`,
    source: 'SITE_PARTNER',
    sourceId: row.id,
    email: row.email,
    firstName: row.firstName,
    lastName: row.lastName,
    displayName: `${row.firstName} ${row.lastName}`,
    status: row.isArchived ? 'ARCHIVED' : 'ACTIVE',
    role: null,
    createdAt: withMilliseconds(row.createdAt),
    updatedAt: withMilliseconds(row.updatedAt),
  }
}

/** Both upstreams write whole seconds; a GraphQL DateTime here has milliseconds. */
export function withMilliseconds(instant: string): string {
  return instant.replace('Z', '.000Z')
}

function sitePartnerEmail(index: number): string {
  if (index % 3 !== 0) return `person${index}@example.org`
  // Every third has an account in both sources, and some were typed with capitals.
  return index % 9 === 0 ? `Person${index}@Example.com` : `person${index}@example.com`
}

function instant(seconds: number): string {
  return new Date(FIRST_DAY + seconds * 1000).toISOString().replace('.000Z', 'Z')
}

function pick<Item>(items: readonly Item[], index: number): Item {
  return items[index % items.length] as Item
}
