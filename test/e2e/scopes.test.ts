import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSdl } from '../../src/graphql/schema.ts'
import { requiredScopesIn } from '../composition/definitions.ts'
import { startIssuer, type Issuer } from '../fixtures/issuer.ts'
import { COORDINATES, OBJECT_TYPES, queryOf, restrict, timeless, type Way } from '../fixtures/scope-matrix.ts'
import { NEEDS, SCOPES, TOKENS } from '../fixtures/scope-table.ts'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startSubgraph, type Answer, type Subgraph } from './subgraph.ts'

const SECRET = 'known to the router and to the subgraph'
const { ana, elena } = KNOWN_PEOPLE
const ANA = `legacy:${ana.legacy.user_id}`
const ELENA = `site-partner:${elena.sitePartner.id}`

const ARGUMENTS = {
  'Query.identity': `(id: "${ANA}")`,
  'Query.identityBySource': `(source: LEGACY, sourceId: "${ana.legacy.user_id}")`,
  'Query.identities': '(first: 2)',
  'Query.identityHolder': `(email: "${ana.legacy.email}")`,
}
const identity = `identity(id: "${ANA}")`
const elsewhere = `identity(id: "${ELENA}")`
const holder = `identityHolder(email: "${ana.legacy.email}")`
const entity = (typename: string, key: string) =>
  `_entities(representations: [{ __typename: "${typename}", ${key} }, { __typename: "${typename}", ${key} }])`

const WAYS: readonly Way[] = [
  { type: 'Query', fields: [] },
  { type: 'Identity', fields: [identity] },
  { type: 'Identity', fields: [elsewhere] },
  { type: 'Identity', fields: [`identityBySource${ARGUMENTS['Query.identityBySource']}`] },
  { type: 'Identity', fields: ['identities(first: 3)', 'nodes'] },
  { type: 'Identity', fields: ['identities(first: 3)', 'edges', 'node'] },
  { type: 'Identity', fields: [holder, 'identities'] },
  { type: 'Identity', fields: [identity, 'holder', 'identities'] },
  { type: 'Identity', fields: [entity('Identity', `id: "${ANA}"`), '... on Identity'] },
  { type: 'IdentityHolder', fields: [holder] },
  { type: 'IdentityHolder', fields: [identity, 'holder'] },
  {
    type: 'IdentityHolder',
    fields: [entity('IdentityHolder', `email: "${ana.legacy.email}"`), '... on IdentityHolder'],
  },
  { type: 'IdentityConnection', fields: ['identities(first: 2)'] },
  { type: 'IdentityEdge', fields: ['identities(first: 2)', 'edges'] },
  { type: 'PageInfo', fields: ['identities(first: 2)', 'pageInfo'] },
  { type: 'IdentitySourceState', fields: ['identitySources'] },
  { type: 'IdentitySourceState', fields: ['identities(first: 2)', 'sources'] },
  { type: 'SitePartner', fields: [elsewhere, 'partner'] },
  { type: 'SitePartnerNetwork', fields: [elsewhere, 'network'] },
]

let issuer: Issuer
/** Lets in by secret and token; the other by the secret alone. */
let subgraph: Subgraph
let trusting: Subgraph
beforeAll(async () => {
  issuer = await startIssuer()
  const simulator = { people: { legacy: 12, sitePartner: 12, shared: 4 } }
  const variables = { ACCESS: 'secured', ROUTER_SECRET: SECRET }
  subgraph = await startSubgraph({ simulator, variables: { ...variables, ...issuer.environment } })
  trusting = await startSubgraph({ simulator, variables })
  // So that both know the same of their sources.
  const everySource = '{ identities(first: 20) { nodes { id } } }'
  await Promise.all([ask(everySource, SCOPES), askTrusting(everySource)])
})
afterAll(async () => Promise.all([subgraph.close(), trusting.close(), issuer.close()]))

async function ask(query: string, scopes?: readonly string[]): Promise<Answer> {
  const token = scopes && { authorization: `Bearer ${await issuer.token({ scope: scopes.join(' ') })}` }
  return subgraph.ask(query, undefined, { 'router-authorization': SECRET, ...token })
}

async function askTrusting(query: string): Promise<Answer> {
  return trusting.ask(query, undefined, { 'router-authorization': SECRET })
}

function refusedIn({ errors = [] }: Answer): string[] {
  expect(errors.map(({ extensions }) => extensions)).toEqual(
    errors.map(() => ({ code: 'FORBIDDEN', retryable: false })),
  )
  return errors.map(({ path }) => (path ?? []).join('.')).toSorted()
}

test('the table has every field and no other, and there is a way to every type', () => {
  expect(Object.keys(NEEDS).toSorted()).toEqual(COORDINATES)
  const reached = new Set(WAYS.map(({ type }) => type))
  expect(OBJECT_TYPES.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([])
})

test('the directives say what the table does, also where another one refuses earlier', () => {
  const given = Object.entries(NEEDS).flatMap(([coordinate, scope]) => (scope ? [[coordinate, [scope]] as const] : []))
  expect(requiredScopesIn(parse(readSdl()))).toEqual({ ...Object.fromEntries(given), Identity: [...SCOPES].toSorted() })
})

describe.each(WAYS)('$type through $fields', (way) => {
  const query = queryOf(way, ARGUMENTS)

  test('is given in full where the router has checked', async () => {
    const { data, errors } = await askTrusting(query)
    expect(errors).toBeUndefined()
    expect(JSON.stringify(data)).toContain(`"__typename":"${way.type}"`)
  })

  test.each([...TOKENS, ['no token', undefined] as const])(
    'with %s is given as far as that goes',
    async (_name, scopes) => {
      const full = timeless((await askTrusting(query)).data)
      const expected = restrict(full, new Set(scopes))
      const answer = await ask(query, scopes)
      expect(refusedIn(answer)).toEqual(expected.refused)
      expect(timeless(answer.data)).toEqual(expected.data)
    },
  )
})
