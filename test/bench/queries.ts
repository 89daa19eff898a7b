import { legacyRow, shownLegacy, shownSitePartner, type Shown } from './people.ts'

export const QUERY_NAMES = ['page', 'entities', 'identity', 'holder'] as const
export type QueryName = (typeof QUERY_NAMES)[number]

/** People in each source: what the budget of upstream calls is told for. */
export const PEOPLE = 1_000
export const PAGE_SIZE = 50
export const BATCH_SIZE = 50

/** A query with requests that all differ, and the `data` that each must be answered with. */
export interface Query {
  readonly name: QueryName
  readonly title: string
  document(index: number): string
  readonly count: number
  /** @param cursor where the answer before ended; null for the first request. */
  variables(index: number, cursor: string | null): Record<string, unknown>
  expected(index: number): Record<string, unknown>
}

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Shown }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

/** Everybody, in the order of the walk. */
export const EVERYBODY: readonly Shown[] = [
  ...Array.from({ length: PEOPLE }, (_, index) => shownLegacy(index)),
  ...Array.from({ length: PEOPLE }, (_, index) => shownSitePartner(index)),
]

/** Page `index` of the walk, with cursors about as long as ours. Every server may have cursors of its own. */
export function pageOf(index: number): Page {
  const start = index * PAGE_SIZE
  const edges = EVERYBODY.slice(start, start + PAGE_SIZE).map((node, row) => ({ cursor: cursorOf(start + row), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: start + PAGE_SIZE < EVERYBODY.length,
      hasPreviousPage: index > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function cursorOf(position: number): string {
  const isLegacy = position < PEOPLE
  return Buffer.from(String(position).padStart(isLegacy ? 120 : 220, 'cursor')).toString('base64url')
}

export const QUERIES: readonly Query[] = [
  {
    name: 'page',
    title: `a page of ${PAGE_SIZE} × 8 fields`,
    document: () => `query BenchPage($after: String) { identities(first: ${PAGE_SIZE}, after: $after) {
      edges { cursor node { id source email displayName status role createdAt updatedAt } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    count: EVERYBODY.length / PAGE_SIZE,
    variables: (_index, cursor) => ({ after: cursor }),
    expected: (index) => {
      const { edges, pageInfo } = pageOf(index)
      const shown = edges.map(({ cursor, node }) => ({
        cursor,
        node: select(node, ['id', 'source', 'email', 'displayName', 'status', 'role', 'createdAt', 'updatedAt']),
      }))
      return { identities: { edges: shown, pageInfo } }
    },
  },
  {
    name: 'entities',
    title: `_entities, ${BATCH_SIZE} representations × 6 fields`,
    document: () => `query BenchEntities($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Identity { id email firstName lastName status role } } }`,
    // So many have nobody twice.
    count: PEOPLE / BATCH_SIZE,
    variables: (index) => ({
      representations: batchOf(index).map((place) => ({ __typename: 'Identity', id: shownLegacy(place).id })),
    }),
    expected: (index) => ({
      _entities: batchOf(index).map((place) =>
        select(shownLegacy(place), ['id', 'email', 'firstName', 'lastName', 'status', 'role']),
      ),
    }),
  },
  {
    name: 'identity',
    title: 'one identity × 8 fields',
    document: () => `query BenchIdentity($id: ID!) { identity(id: $id) {
      id source email displayName status role createdAt updatedAt } }`,
    count: 64,
    variables: (index) => ({ id: shownLegacy(scatter(index)).id }),
    expected: (index) => ({
      identity: select(shownLegacy(scatter(index)), [
        'id',
        'source',
        'email',
        'displayName',
        'status',
        'role',
        'createdAt',
        'updatedAt',
      ]),
    }),
  },
  {
    name: 'holder',
    title: 'one holder with two identities × 4 fields',
    document: () => `query BenchHolder($email: String!) { identityHolder(email: $email) {
      email identities { id source displayName status } } }`,
    count: 32,
    variables: (index) => ({ email: legacyRow(sharedIndex(index)).email }),
    expected: (index) => ({
      identityHolder: {
        email: legacyRow(sharedIndex(index)).email,
        identities: [shownLegacy(sharedIndex(index)), shownSitePartner(sharedIndex(index))].map((person) =>
          select(person, ['id', 'source', 'displayName', 'status']),
        ),
      },
    }),
  },
]

/**
 * Fifty people spread over the whole list, LEGACY only: the site partner API has no call for one account, so code that was
 * written by hand has no way to answer for its people that anybody would call one.
 */
export function batchOf(index: number): number[] {
  return Array.from({ length: BATCH_SIZE }, (_, row) => scatter(index * BATCH_SIZE + row))
}

/** Goes through everybody without an order that a cache could like: 389 and the number of people have no common divisor. */
export function scatter(index: number): number {
  return (index * 389) % PEOPLE
}

/** Every third has an account in both. */
function sharedIndex(index: number): number {
  return 3 * ((index * 7) % Math.floor(PEOPLE / 3))
}

export function select<Row extends object>(row: Row, fields: readonly (keyof Row & string)[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, row[field]]))
}
