import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSdl } from '../../src/graphql/schema.ts'
import { requiredScopesIn } from '../composition/definitions.ts'
import { startIssuer, SUBJECT, type Issuer } from '../fixtures/issuer.ts'
import { COORDINATES, OBJECT_TYPES, operationOf, restrict, timeless, type Way } from '../fixtures/scope-matrix.ts'
import { MUTATION_ARGUMENTS, MUTATION_WAYS, MUTATIONS, WRITE_SWITCHES } from '../fixtures/scope-mutations.ts'
import { NEEDS, SCOPES, TOKENS } from '../fixtures/scope-table.ts'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { upstreamCalls, type Answer } from './subgraph.ts'
import { RARE } from './synced.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

const SECRET = 'known to the router and to the subgraph'
const { ana, elena } = KNOWN_PEOPLE
const ANA = `legacy:${ana.legacy.user_id}`
const ELENA = `site-partner:${elena.sitePartner.id}`

const ARGUMENTS = {
  'Query.identity': `(id: "${ANA}")`,
  'Query.identityBySource': `(source: LEGACY, sourceId: "${ana.legacy.user_id}")`,
  'Query.identities': '(first: 2)',
  'Query.identityChanges': '(first: 2)',
  'Query.identityHolder': `(email: "${ana.legacy.email}")`,
  'Query.identityAudit': '(input: { activeEmails: ["nobody@example.com"], limit: 3 })',
  ...MUTATION_ARGUMENTS,
}
const identity = `identity(id: "${ANA}")`
const elsewhere = `identity(id: "${ELENA}")`
const audit = `identityAudit${ARGUMENTS['Query.identityAudit']}`
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
  { type: 'Identity', fields: [audit, 'orphans'] },
  { type: 'IdentityAudit', fields: [audit] },
  { type: 'IdentityHolder', fields: [audit, 'inSeveralSources'] },
  { type: 'IdentityHolder', fields: [holder] },
  { type: 'IdentityHolder', fields: [identity, 'holder'] },
  {
    type: 'IdentityHolder',
    fields: [entity('IdentityHolder', `email: "${ana.legacy.email}"`), '... on IdentityHolder'],
  },
  { type: 'IdentityConnection', fields: ['identities(first: 2)'] },
  { type: 'IdentityEdge', fields: ['identities(first: 2)', 'edges'] },
  { type: 'PageInfo', fields: ['identities(first: 2)', 'pageInfo'] },
  { type: 'IdentityChangeConnection', fields: ['identityChanges(first: 2)'] },
  { type: 'PageInfo', fields: ['identityChanges(first: 2)', 'pageInfo'] },
  { type: 'IdentityChangeEdge', fields: ['identityChanges(first: 2)', 'edges'] },
  { type: 'IdentityChange', fields: ['identityChanges(first: 2)', 'nodes'] },
  { type: 'IdentityChange', fields: ['identityChanges(first: 2)', 'edges', 'node'] },
  { type: 'Identity', fields: ['identityChanges(first: 2)', 'nodes', 'identity'] },
  { type: 'IdentitySourceState', fields: ['identitySources'] },
  { type: 'IdentitySourceState', fields: ['identities(first: 2)', 'sources'] },
  { type: 'SitePartner', fields: [elsewhere, 'partner'] },
  { type: 'SitePartnerNetwork', fields: [elsewhere, 'network'] },
  ...MUTATION_WAYS,
]

let issuer: Issuer
/** Lets in by secret and token; the other by the secret alone. */
let subgraph: WritingSubgraph
let trusting: WritingSubgraph
beforeAll(async () => {
  issuer = await startIssuer()
  const simulator = { people: { legacy: 12, sitePartner: 12, shared: 4 } }
  const variables = {
    ACCESS: 'secured',
    ROUTER_SECRET: SECRET,
    DIRECTORY: 'temporary',
    ...RARE,
    ...WRITE_SWITCHES,
  }
  subgraph = await startWriting({ simulator, variables: { ...variables, ...issuer.environment } })
  trusting = await startWriting({ simulator, variables })
  await Promise.all([subgraph, trusting].map(fillLog))
  // So that both know the same of their sources.
  const everySource = '{ identities(first: 20) { nodes { id } } }'
  await Promise.all([ask(everySource, SCOPES), askTrusting(everySource)])
})
afterAll(async () => Promise.all([subgraph.close(), trusting.close(), issuer.close()]))

/** Three changes, of which a page shows two. */
async function fillLog({ simulator, whenSynced }: WritingSubgraph): Promise<void> {
  await whenSynced()
  for (const name of ['one', 'two', 'three']) simulator.legacy.people.insert({ email: `${name}@example.com` })
  await whenSynced()
}

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
  const query = operationOf(way, ARGUMENTS)

  test('is given in full where the router has checked', async () => {
    const { data, errors } = await askTrusting(query)
    expect(errors).toBeUndefined()
    expect(JSON.stringify(data)).toContain(`"__typename":"${way.type}"`)
  })

  test.each([...TOKENS, ['no token', undefined] as const])(
    'with %s is given as far as that goes',
    async (_name, scopes) => {
      const full = timeless((await askTrusting(query)).data)
      const expected = restrict(full, new Set(scopes), way.root)
      const answer = await ask(query, scopes)
      expect(refusedIn(answer)).toEqual(expected.refused)
      expect(timeless(answer.data)).toEqual(expected.data)
    },
  )
})

describe('a mutation that its caller has no scope for', () => {
  const input = MUTATION_ARGUMENTS['Mutation.updateIdentity']

  test.each(MUTATIONS)('is written down, who tried it and on whom, and nothing is called: %s', async (name) => {
    const others = SCOPES.filter((scope) => scope !== NEEDS[`Mutation.${name}`])
    const before = { records: subgraph.audit().length, calls: upstreamCalls(subgraph) }
    const { data } = await ask(`mutation { ${name}${MUTATION_ARGUMENTS[`Mutation.${name}`]} { outcome } }`, others)
    expect(data).toEqual({ [name]: null })
    expect(upstreamCalls(subgraph)).toBe(before.calls)
    const [attempt, outcome, ...more] = subgraph.audit().slice(before.records)
    const tried = { caller: SUBJECT, requestId: expect.any(String), fields: expect.any(Array) }
    expect(attempt).toMatchObject({ audit: 'attempt', ...tried })
    expect(outcome).toEqual({
      ...attempt,
      time: expect.any(String),
      audit: 'outcome',
      outcome: 'FORBIDDEN',
      codes: ['FORBIDDEN'],
    })
    expect(more).toEqual([])
  })

  test('is recorded with its account and the names of its fields, and none of their values', async () => {
    const before = subgraph.audit().length
    await ask(`mutation { updateIdentity${input} { outcome } }`, ['identity:read'])
    expect(subgraph.audit().slice(before)).toMatchObject([
      { action: 'update', source: 'LEGACY', id: ANA, fields: ['firstName'] },
      { action: 'update', source: 'LEGACY', id: ANA, fields: ['firstName'] },
    ])
    expect(subgraph.auditText()).not.toContain(ana.legacy.email)
  })

  test('is refused beside another that its caller may make', async () => {
    const two = `mutation { updateIdentity${input} { outcome } deleteIdentity${MUTATION_ARGUMENTS['Mutation.deleteIdentity']} { outcome } }`
    const { data, errors } = await ask(two, ['identity:update'])
    expect(data).toEqual({ updateIdentity: { outcome: 'UNCHANGED' }, deleteIdentity: null })
    expect(errors).toMatchObject([{ path: ['deleteIdentity'], extensions: { code: 'FORBIDDEN' } }])
  })
})
