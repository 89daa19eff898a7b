import { legacyRow, sitePartnerRow, type LegacyRow, type SitePartnerRow } from '../people.ts'
import { BATCH_SIZE, batchOf, PAGE_SIZE, PEOPLE, scatter, select, type Query } from '../queries.ts'

/**
 * The same questions in the upstreams' own words, for products that show each API as it is: two lists that are walked one after
 * the other, and one user by id, fifty times where fifty are wanted. There is no holder: neither API can be asked for an address,
 * and whoever reads both lists for one has to be told by each page where the next begins, which no one query can say.
 */
const LEGACY_FIELDS: readonly (keyof LegacyRow)[] = [
  'user_id',
  'firstname',
  'lastname',
  'email',
  'status',
  'role',
  'created_at',
  'updated_at',
]
/** There is no role. */
const SITE_PARTNER_FIELDS: readonly (keyof SitePartnerRow)[] = [
  'id',
  'firstName',
  'lastName',
  'email',
  'isArchived',
  'createdAt',
  'updatedAt',
]
const ENTITY_FIELDS: readonly (keyof LegacyRow)[] = ['user_id', 'email', 'firstname', 'lastname', 'status', 'role']
const LEGACY_PAGES = PEOPLE / PAGE_SIZE
const ROWS = Array.from({ length: BATCH_SIZE }, (_, row) => row)

export const UPSTREAM_QUERIES: readonly Query[] = [
  {
    name: 'page',
    title: `a page of ${PAGE_SIZE} of one list`,
    document: pageDocument,
    count: 2 * LEGACY_PAGES,
    variables: (index) => {
      if (index < LEGACY_PAGES) return { page: index + 1 }
      const passed = (index - LEGACY_PAGES) * PAGE_SIZE
      return passed === 0 ? {} : { after: sitePartnerRow(passed - 1).id }
    },
    expected: (index) => {
      const start = (index % LEGACY_PAGES) * PAGE_SIZE
      const rowsOf = <Row>(rowAt: (index: number) => Row): Row[] =>
        Array.from({ length: PAGE_SIZE }, (_, row) => rowAt(start + row))
      if (index < LEGACY_PAGES) {
        return { listUsers: { users: rowsOf(legacyRow).map((row) => select(row, LEGACY_FIELDS)) } }
      }
      const items = rowsOf(sitePartnerRow).map((row) => select(row, SITE_PARTNER_FIELDS))
      return { listSitePartnerUsers: { data: { hasMore: start + PAGE_SIZE < PEOPLE, items } } }
    },
  },
  {
    name: 'entities',
    title: `${BATCH_SIZE} users by id, each under an alias`,
    document: () => `query BenchEntities(${ROWS.map((row) => `$id${row}: String!`).join(', ')}) {
      ${ROWS.map((row) => `u${row}: getUser(user_id: $id${row}) { user { ${ENTITY_FIELDS.join(' ')} } }`).join('\n')} }`,
    count: PEOPLE / BATCH_SIZE,
    variables: (index) =>
      Object.fromEntries(batchOf(index).map((place, row) => [`id${row}`, legacyRow(place).user_id])),
    expected: (index) =>
      Object.fromEntries(
        batchOf(index).map((place, row) => [`u${row}`, { user: select(legacyRow(place), ENTITY_FIELDS) }]),
      ),
  },
  {
    name: 'identity',
    title: 'one user by id',
    document: () =>
      `query BenchIdentity($id: String!) { getUser(user_id: $id) { user { ${LEGACY_FIELDS.join(' ')} } } }`,
    count: 64,
    variables: (index) => ({ id: legacyRow(scatter(index)).user_id }),
    expected: (index) => ({ getUser: { user: select(legacyRow(scatter(index)), LEGACY_FIELDS) } }),
  },
]

/** The first page of the second list has a document of its own, since Tailcall sends the upstream an argument that is null. */
function pageDocument(index: number): string {
  if (index < LEGACY_PAGES) {
    return `query BenchPage($page: Int!) { listUsers(page: $page, count: ${PAGE_SIZE}) {
      users { ${LEGACY_FIELDS.join(' ')} } } }`
  }
  const [variable, argument] = index === LEGACY_PAGES ? ['', ''] : ['($after: String!)', ', startingAfter: $after']
  return `query BenchPage${variable} { listSitePartnerUsers(limit: "${PAGE_SIZE}"${argument}) {
    data { hasMore items { ${SITE_PARTNER_FIELDS.join(' ')} } } } }`
}
