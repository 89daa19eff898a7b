import { KNOWN_PARTNERS, knownLegacyPeople, knownSitePartnerPeople } from './known-people.ts'
import { createNameMaker } from './names.ts'
import type { NamedPerson } from './names.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { legacyId, NETWORK_ID } from './records.ts'
import type { LegacyPerson, SitePartnerPerson } from './records.ts'

export interface PopulationOptions {
  /** People in the legacy upstream; 1000 unless given. */
  legacy?: number
  /** People in the site partner upstream, archived ones included; 1000 unless given. */
  sitePartner?: number
  /** People with an account in both, by e-mail; at most (and by default) 300, fewer when a source is too small. */
  shared?: number
  seed?: number
}

export interface Population {
  legacy: LegacyPerson[]
  sitePartner: SitePartnerPerson[]
}

const FIRST_DAY = Date.UTC(2019, 0, 7, 8)
const SPAN_SECONDS = 5 * 365 * 24 * 3600
// The upstream's own words: some of them no client knows.
const OTHER_STATUSES = ['inactive', 'inactive', 'inactive', 'pending-review', 'Suspended'] as const
const OTHER_ROLES = ['admin', 'admin', 'campaign-viewer'] as const
const TIMEZONES = ['Europe/London', 'Europe/Paris', 'America/New_York', 'America/Sao_Paulo', 'Asia/Tokyo'] as const
const LOCALES = ['en', 'en_us', 'fr', 'pt_br', 'ja', 'jp', 'es_mx'] as const
const PARTNER_IDS = [
  KNOWN_PARTNERS.harbourGarage.id,
  KNOWN_PARTNERS.northStation.id,
  KNOWN_PARTNERS.lakesideMall.id,
  KNOWN_PARTNERS.valleyPower.id,
  KNOWN_PARTNERS.cleanMiles.id,
] as const

/** Made-up people for both upstreams: the same options give the same people, to the last character. */
export function createPopulation(options: PopulationOptions = {}): Population {
  const { legacy: legacySize = 1000, sitePartner: sitePartnerSize = 1000, shared = 300, seed = 1 } = options
  const random = createRandom(seed)
  const knownEmails = [...knownLegacyPeople, ...knownSitePartnerPeople].flatMap(
    ({ email }) => email?.toLowerCase() ?? [],
  )
  const newPerson = createNameMaker(random, knownEmails)

  const legacy = makeLegacyPeople(legacySize, random, newPerson)
  const sitePartner = makeSitePartnerPeople(sitePartnerSize, random, newPerson)
  sharePeople(legacy, sitePartner, shared, random)
  return { legacy, sitePartner }
}

function makeLegacyPeople(size: number, random: Random, newPerson: () => NamedPerson): LegacyPerson[] {
  const times = createTimes(size, random)
  let number = 16_840
  return Array.from({ length: size }, (_, index) => {
    const { created, updated } = times()
    const stamps = { created_at: created, updated_at: updated }
    const known = knownLegacyPeople[index]
    if (known !== undefined) return { ...known, ...stamps }
    const { first, last, email } = newPerson()
    return {
      user_id: legacyId((number += random.between(1, 9))),
      ...someNamesMissing({ firstname: first, lastname: last }, random),
      email: random.chance(0.01) ? null : email,
      password: 'simulated password',
      status: random.chance(0.8) ? 'active' : random.pick(OTHER_STATUSES),
      role: random.chance(0.85) ? 'standard' : random.pick(OTHER_ROLES),
      timezone: random.chance(0.2) ? null : random.pick(TIMEZONES),
      locale: random.chance(0.2) ? null : random.pick(LOCALES),
      phone: null,
      ...stamps,
    }
  })
}

function makeSitePartnerPeople(size: number, random: Random, newPerson: () => NamedPerson): SitePartnerPerson[] {
  const times = createTimes(size, random)
  return Array.from({ length: size }, (_, index) => {
    const { created, updated } = times()
    const stamps = { createdAt: created, updatedAt: updated }
    const known = knownSitePartnerPeople[index]
    if (known !== undefined) return { ...known, ...stamps }
    const { first, last, email } = newPerson()
    const isArchived = random.chance(0.08)
    const { firstname, lastname } = someNamesMissing({ firstname: first, lastname: last }, random)
    return {
      id: `spu_${random.token(21)}`,
      email: isArchived ? null : email,
      network: { id: NETWORK_ID },
      partner: { id: random.pick(PARTNER_IDS) },
      firstName: firstname,
      lastName: lastname,
      isArchived,
      ...stamps,
    }
  })
}

/** Gives people of the second source the e-mail and the names of people of the first, until `shared` are in both. */
function sharePeople(legacy: LegacyPerson[], sitePartner: SitePartnerPerson[], shared: number, random: Random): void {
  const emails = new Set(legacy.flatMap(({ email }) => email ?? []))
  const already = sitePartner.filter(({ email }) => email !== null && emails.has(email.toLowerCase())).length
  const from = random.shuffle(legacy.slice(knownLegacyPeople.length).filter(({ email }) => email !== null))
  const to = random.shuffle(sitePartner.slice(knownSitePartnerPeople.length).filter(({ email }) => email !== null))
  const pairs = Math.max(0, Math.min(shared - already, from.length, to.length))
  for (let pair = 0; pair < pairs; pair += 1) {
    const source = from[pair]
    const target = to[pair]
    if (source?.email == null || target === undefined) continue
    // Every third one was typed with capitals.
    target.email = pair % 3 === 0 ? capitalised(source.email) : source.email
    if (target.firstName !== null) target.firstName = source.firstname
    if (target.lastName !== null) target.lastName = source.lastname
  }
}

function capitalised(email: string): string {
  return email.replaceAll(/(^|[.@])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase())
}

interface PersonNames {
  firstname: string | null
  lastname: string | null
}

function someNamesMissing(names: PersonNames, random: Random): PersonNames {
  const luck = random.next()
  return {
    firstname: luck < 0.05 ? null : names.firstname,
    lastname: luck >= 0.03 && luck < 0.08 ? null : names.lastname,
  }
}

/** Creation times that always rise, in whole seconds, all of them in the past. */
function createTimes(size: number, random: Random): () => { created: string; updated: string } {
  const longestStep = Math.max(1, Math.floor(SPAN_SECONDS / Math.max(1, size)))
  let seconds = 0
  return () => {
    seconds += random.between(1, longestStep)
    const updatedAfter = random.chance(0.4) ? 0 : random.between(1, 365 * 24 * 3600)
    return {
      created: new Date(FIRST_DAY + seconds * 1000).toISOString(),
      updated: new Date(FIRST_DAY + (seconds + updatedAfter) * 1000).toISOString(),
    }
  }
}
