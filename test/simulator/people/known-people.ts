import { legacyId, NETWORK_ID } from './records.ts'
import type { LegacyPerson, SitePartnerPerson } from './records.ts'

export type KnownLegacyPerson = Omit<LegacyPerson, 'created_at' | 'updated_at'>
export type KnownSitePartnerPerson = Omit<SitePartnerPerson, 'createdAt' | 'updatedAt'>

const partnerId = (name: string): string => `sp_${name.padEnd(21, '0')}`

/** The site partners, all in one network; the people are spread over them. */
export const KNOWN_PARTNERS = {
  harbourGarage: { id: partnerId('harbourPlazaGarage'), type: 'siteHost', name: 'Harbour Plaza Garage' },
  northStation: { id: partnerId('northStationParking'), type: 'siteHost', name: 'North Station Parking' },
  lakesideMall: { id: partnerId('lakesideMall'), type: 'siteHost', name: 'Lakeside Mall' },
  valleyPower: { id: partnerId('valleyPower'), type: 'utility', name: 'Valley Power and Light' },
  cleanMiles: { id: partnerId('cleanMilesReporting'), type: 'reportingAgency', name: 'Clean Miles Reporting' },
} as const

const legacyDefaults = {
  password: 'simulated password',
  status: 'active',
  role: 'standard',
  timezone: 'Europe/London',
  locale: 'en',
  phone: null,
}

const sitePartnerDefaults = {
  network: { id: NETWORK_ID },
  partner: { id: KNOWN_PARTNERS.harbourGarage.id },
  isArchived: false,
}

/**
 * Fixed people that tests and the demo may name. They stand at the head of each source, in the order written here
 * (a population smaller than that cuts the last ones off). Their times depend on the population and are left out.
 */
export const KNOWN_PEOPLE = {
  /** Active in both sources, her address in other letter case: the two are one holder. */
  ana: {
    legacy: {
      ...legacyDefaults,
      user_id: legacyId(16_829),
      firstname: 'Ana',
      lastname: 'Silva',
      email: 'ana.silva@example.com',
      timezone: 'Europe/Lisbon',
      locale: 'pt',
    },
    sitePartner: {
      ...sitePartnerDefaults,
      id: 'spu_AnaSilva0000000000001',
      email: 'Ana.Silva@Example.com',
      firstName: 'Ana',
      lastName: 'Silva',
    },
  },
  /** The admin behind the default legacy keys: inactive or deleted, the keys are dead. */
  ingrid: {
    legacy: {
      ...legacyDefaults,
      user_id: legacyId(16_830),
      firstname: 'Ingrid',
      lastname: 'Keller',
      email: 'ingrid.keller@example.com',
      role: 'admin',
      timezone: 'Europe/Berlin',
      locale: 'de',
    },
  },
  /** A leaver: inactive in one source, forgotten and still active in the other. */
  ben: {
    legacy: {
      ...legacyDefaults,
      user_id: legacyId(16_833),
      firstname: 'Ben',
      lastname: 'Okafor',
      email: 'ben.okafor@example.org',
      status: 'inactive',
      locale: null,
    },
    sitePartner: {
      ...sitePartnerDefaults,
      id: 'spu_BenOkafor000000000002',
      email: 'ben.okafor@example.org',
      firstName: 'Ben',
      lastName: 'Okafor',
    },
  },
  /** No names, and a status word outside the guide. */
  chiara: {
    legacy: {
      ...legacyDefaults,
      user_id: legacyId(16_834),
      firstname: null,
      lastname: null,
      email: 'chiara.rossi@example.net',
      status: 'pending-review',
      role: 'campaign-viewer',
      timezone: null,
      locale: null,
    },
  },
  /** Active without an e-mail. */
  mai: {
    legacy: { ...legacyDefaults, user_id: legacyId(16_840), firstname: 'Mai', lastname: 'Tran', email: null },
  },
  /** Archived, so without an e-mail. */
  dmitri: {
    sitePartner: {
      ...sitePartnerDefaults,
      id: 'spu_DmitriVolkov000000003',
      email: null,
      firstName: 'Dmitri',
      lastName: 'Volkov',
      isArchived: true,
    },
  },
  /** No names, and the only one known at her partner. */
  elena: {
    sitePartner: {
      ...sitePartnerDefaults,
      id: 'spu_ElenaPetrova000000004',
      partner: { id: KNOWN_PARTNERS.northStation.id },
      email: 'elena.petrova@example.org',
      firstName: null,
      lastName: null,
    },
  },
} satisfies Record<string, { legacy?: KnownLegacyPerson; sitePartner?: KnownSitePartnerPerson }>

type Known = { legacy?: KnownLegacyPerson; sitePartner?: KnownSitePartnerPerson }

/** The fixed people of one source, in their order. */
export const knownLegacyPeople: readonly KnownLegacyPerson[] = Object.values<Known>(KNOWN_PEOPLE).flatMap((known) =>
  known.legacy === undefined ? [] : [known.legacy],
)
export const knownSitePartnerPeople: readonly KnownSitePartnerPerson[] = Object.values<Known>(KNOWN_PEOPLE).flatMap(
  (known) => (known.sitePartner === undefined ? [] : [known.sitePartner]),
)
