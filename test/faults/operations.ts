import type { Answer as GraphqlAnswer } from '../e2e/subgraph.ts'
import { KNOWN_PARTNERS } from '../simulator/people/known-people.ts'
import type { Simulator } from '../simulator/simulator.ts'
import type { NaiveClient } from './naive-client.ts'

export type Ask = (query: string, variables?: Record<string, unknown>) => Promise<GraphqlAnswer>

/** Whom one cell is about: nobody else's cell looks at them. */
export interface Targets {
  readonly legacyId: string
  readonly sitePartnerId: string
  readonly email: string
  /** The names in the list before anything was changed, six of each source. */
  readonly firstLegacy: readonly string[]
  readonly firstSitePartner: readonly string[]
}

/** One column of the matrix: an operation, asked of the product and of the naive client, and what there is to see of it. */
export interface Operation {
  readonly upstream: 'legacy' | 'sitePartner'
  readonly isWrite: boolean
  /** `data`, `null`, `wrong`, a mutation's outcome with the code of its error, or the code of the error in place of data. */
  readonly product: (ask: Ask, targets: Targets) => Promise<string>
  /** Whether what the naive client made of the answer is right; of a write: whether it says that it was done. */
  readonly naive: (client: NaiveClient, targets: Targets) => Promise<boolean>
  /** Of a write: how often it was done, by what the upstream holds; NaN where something else was lost with it. */
  readonly timesDone: (simulator: Simulator, targets: Targets) => number
}

const NEW_NAME = 'Changed'
const PARTNER = KNOWN_PARTNERS.harbourGarage.id
const never = (): number => 0
const codeOf = (answer: GraphqlAnswer): string => String(answer.errors?.[0]?.extensions['code'])
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

async function list(ask: Ask, source: string, wanted: readonly string[]): Promise<string> {
  const query = `query ($after: String) { identities(first: 3, after: $after, filter: { source: ${source} }) {
    nodes { sourceId } pageInfo { endCursor } } }`
  const seen: string[] = []
  let after: string | null = null
  for (let page = 0; page < 2; page++) {
    const answer: GraphqlAnswer = await ask(query, { after })
    if (answer.errors) return codeOf(answer)
    seen.push(...answer.data.identities.nodes.map((node: any) => node.sourceId))
    after = answer.data.identities.pageInfo.endCursor
  }
  return same(seen, wanted) ? 'data' : 'wrong'
}

/** @param shown what the payload must say of the account where the outcome is APPLIED. */
async function mutate(ask: Ask, name: string, input: object, shown: object): Promise<string> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const answer = await ask(
    `mutation ($input: ${type}!) { ${name}(input: $input) { outcome identity { id email firstName status } errors { code message } } }`,
    { input },
  )
  if (answer.errors) return codeOf(answer)
  const { outcome, errors, identity } = answer.data[name]
  const isShown = Object.entries(shown).every(([field, value]) => identity?.[field] === value)
  if (outcome === 'APPLIED' && !isShown) return 'APPLIED, and shows another account'
  return outcome === 'APPLIED' || outcome === 'UNKNOWN' ? outcome : `${outcome}:${errors[0]?.code}`
}

export const OPERATIONS = {
  get: {
    upstream: 'legacy',
    isWrite: false,
    async product(ask, { legacyId, email }) {
      const answer = await ask('query ($id: ID!) { identity(id: $id) { sourceId email firstName status } }', {
        id: `legacy:${legacyId}`,
      })
      if (answer.errors) return codeOf(answer)
      if (answer.data.identity === null) return 'null'
      const right = { sourceId: legacyId, email, firstName: 'Before', status: 'ACTIVE' }
      return same(answer.data.identity, right) ? 'data' : 'wrong'
    },
    naive: async (client, { legacyId, email }) => {
      const user = (await client.getLegacy(legacyId)) as { user_id?: string; email?: string } | undefined
      return user?.user_id === legacyId && user.email === email
    },
    timesDone: never,
  },
  'list L': {
    upstream: 'legacy',
    isWrite: false,
    product: async (ask, { firstLegacy }) => list(ask, 'LEGACY', firstLegacy),
    naive: async (client, { firstLegacy }) => same(await client.listLegacy(), firstLegacy),
    timesDone: never,
  },
  'list SP': {
    upstream: 'sitePartner',
    isWrite: false,
    product: async (ask, { firstSitePartner }) => list(ask, 'SITE_PARTNER', firstSitePartner),
    naive: async (client, { firstSitePartner }) => same(await client.listSitePartner(), firstSitePartner),
    timesDone: never,
  },
  entities: {
    upstream: 'sitePartner',
    isWrite: false,
    async product(ask, { legacyId, sitePartnerId }) {
      const ids = [`legacy:${legacyId}`, `site-partner:${sitePartnerId}`]
      const answer = await ask('query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { id } } }', {
        r: ids.map((id) => ({ __typename: 'Identity', id })),
      })
      const found = answer.data?._entities?.map((entity: any) => entity?.id ?? null)
      // Who is in the healthy source must be there whatever becomes of the other.
      if (found?.[0] !== ids[0]) return 'wrong'
      if (answer.errors) return codeOf(answer)
      if (found[1] === null) return 'null'
      return same(found, ids) ? 'data' : 'wrong'
    },
    naive: async (client, { legacyId, sitePartnerId }) =>
      same(await client.entities(legacyId, sitePartnerId), [legacyId, sitePartnerId]),
    timesDone: never,
  },
  'create L': {
    upstream: 'legacy',
    isWrite: true,
    product: async (ask, { email }) =>
      mutate(
        ask,
        'provisionLegacyIdentity',
        { email: `new.${email}`, firstName: 'New', lastName: 'Comer' },
        { email: `new.${email}` },
      ),
    naive: async (client, { email }) => same(await client.createLegacy(`new.${email}`), `new.${email}`),
    timesDone: ({ legacy }, { email }) => legacy.people.list().filter((each) => each.email === `new.${email}`).length,
  },
  'create SP': {
    upstream: 'sitePartner',
    isWrite: true,
    product: async (ask, { email }) =>
      mutate(
        ask,
        'provisionSitePartnerIdentity',
        { email: `new.${email}`, partnerId: PARTNER },
        { email: `new.${email}` },
      ),
    naive: async (client, { email }) => same(await client.createSitePartner(`new.${email}`, PARTNER), `new.${email}`),
    timesDone: ({ sitePartner }, { email }) =>
      sitePartner.people.list().filter((each) => each.email === `new.${email}`).length,
  },
  'update L': {
    upstream: 'legacy',
    isWrite: true,
    product: async (ask, { legacyId }) =>
      mutate(
        ask,
        'updateIdentity',
        { id: `legacy:${legacyId}`, firstName: NEW_NAME },
        { id: `legacy:${legacyId}`, firstName: NEW_NAME },
      ),
    naive: async (client, { legacyId }) => same(await client.updateLegacy(legacyId, NEW_NAME), NEW_NAME),
    timesDone: ({ legacy }, { legacyId, email }) => {
      const { firstname, ...rest } = legacy.people.get(legacyId) ?? {}
      const kept = { email, lastname: 'Kept', role: 'campaign-viewer', timezone: 'Europe/Lisbon', phone: '1' }
      const isKept = Object.entries(kept).every(([name, value]) => rest[name as keyof typeof rest] === value)
      if (!isKept) return Number.NaN
      return firstname === NEW_NAME ? 1 : 0
    },
  },
  'update SP': {
    upstream: 'sitePartner',
    isWrite: true,
    product: async (ask, { sitePartnerId }) =>
      mutate(
        ask,
        'updateIdentity',
        { id: `site-partner:${sitePartnerId}`, firstName: NEW_NAME },
        { id: `site-partner:${sitePartnerId}`, firstName: NEW_NAME },
      ),
    naive: async (client, { sitePartnerId }) => same(await client.updateSitePartner(sitePartnerId, NEW_NAME), NEW_NAME),
    timesDone: ({ sitePartner }, { sitePartnerId, email }) => {
      const person = sitePartner.people.get(sitePartnerId)
      if (person?.email !== email || person.lastName !== 'Kept') return Number.NaN
      return person.firstName === NEW_NAME ? 1 : 0
    },
  },
  archive: {
    upstream: 'sitePartner',
    isWrite: true,
    product: async (ask, { sitePartnerId }) =>
      mutate(
        ask,
        'deactivateIdentity',
        { id: `site-partner:${sitePartnerId}` },
        { id: `site-partner:${sitePartnerId}`, status: 'ARCHIVED' },
      ),
    naive: async (client, { sitePartnerId }) => same(await client.archive(sitePartnerId), 'archived'),
    timesDone: ({ sitePartner }, { sitePartnerId }) => (sitePartner.people.get(sitePartnerId)?.isArchived ? 1 : 0),
  },
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof OPERATIONS
export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[]
