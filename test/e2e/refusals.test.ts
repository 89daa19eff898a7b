import { parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readSdl } from '../../src/graphql/schema.ts'
import { taggedIn } from '../composition/definitions.ts'
import { startIssuer, type Issuer } from '../fixtures/issuer.ts'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startSubgraph, upstreamCalls, type Answer, type Subgraph } from './subgraph.ts'

const { ana } = KNOWN_PEOPLE
const ANA = `legacy:${ana.legacy.user_id}`
const READ = ['identity:read']
const BOTH = ['identity:read', 'identity:read:pii']

let issuer: Issuer
let subgraph: Subgraph
beforeAll(async () => {
  issuer = await startIssuer()
  const variables = { ACCESS: 'secured', ...issuer.environment }
  subgraph = await startSubgraph({ simulator: { people: { legacy: 30, sitePartner: 30, shared: 10 } }, variables })
})
afterAll(async () => Promise.all([subgraph.close(), issuer.close()]))
beforeEach(() => subgraph.simulator.reset())

async function ask(query: string, scopes: readonly string[], variables?: Record<string, unknown>): Promise<Answer> {
  return subgraph.ask(query, variables, { authorization: `Bearer ${await issuer.token({ scp: scopes })}` })
}

const placesOf = ({ errors = [] }: Answer): string[] => errors.map(({ path = [] }) => path.join('.')).toSorted()

describe('what is refused', () => {
  test('is null with an error that names the scope', async () => {
    const { data, errors } = await ask(`{ identity(id: "${ANA}") { id status email } }`, READ)
    expect(data).toEqual({ identity: { id: ANA, status: 'ACTIVE', email: null } })
    expect(errors).toMatchObject([
      {
        message: 'This needs the scope identity:read:pii.',
        path: ['identity', 'email'],
        extensions: { code: 'FORBIDDEN', retryable: false },
      },
    ])
  })

  test('is so at every place of a list, under every alias and through every fragment', async () => {
    const query = `
      { identities(first: 2) { nodes { mail: email ...Names } edges { node { ... on Identity { ... { lastName } } } } } }
      fragment Names on Identity { firstName again: firstName }`
    const answer = await ask(query, READ)
    const keys = ['mail', 'firstName', 'again'].flatMap((key) => [0, 1].map((at) => `identities.nodes.${at}.${key}`))
    expect(placesOf(answer)).toEqual(
      [...keys, 'identities.edges.0.node.lastName', 'identities.edges.1.node.lastName'].toSorted(),
    )
    expect(answer.data.identities.nodes).toEqual([0, 1].map(() => ({ mail: null, firstName: null, again: null })))
  })

  test('is so only where it is asked for', async () => {
    const query = `query ($yes: Boolean!) { identity(id: "${ANA}") {
      id email @include(if: $yes) firstName @skip(if: $yes) ... @skip(if: $yes) { lastName }
    } }`
    expect(placesOf(await ask(query, READ, { yes: true }))).toEqual(['identity.email'])
    expect(placesOf(await ask(query, READ, { yes: false }))).toEqual(['identity.firstName', 'identity.lastName'])
  })

  test('spoils no other entity, and no other list of them', async () => {
    const query = `query ($r: [_Any!]!) {
      a: _entities(representations: $r) { __typename ... on Identity { id } ... on IdentityHolder { email } }
      b: _entities(representations: $r) { ... on IdentityHolder { email identities { id email } } }
    }`
    const holder = { __typename: 'IdentityHolder', email: ana.legacy.email }
    const representations = [holder, { __typename: 'Identity', id: ANA }, { __typename: 'Nobody' }, holder]
    const answer = await ask(query, READ, { r: representations })
    expect(placesOf(answer)).toEqual(['a.0', 'a.2', 'a.3', 'b.0', 'b.2', 'b.3'])
    expect(answer.data.a).toEqual([null, { __typename: 'Identity', id: ANA }, null, null])
    const codes = answer.errors?.map(({ extensions }) => extensions['code'])
    expect(codes?.toSorted()).toEqual([...Array(2).fill('BAD_USER_INPUT'), ...Array(4).fill('FORBIDDEN')])
  })

  test('is decided for each caller anew, also of the same operation', async () => {
    const query = `query Same { identity(id: "${ANA}") { email } }`
    for (const scopes of [READ, BOTH, [], BOTH, READ]) {
      const { data } = await ask(query, scopes)
      expect(data.identity?.email ?? null).toBe(scopes === BOTH ? ana.legacy.email : null)
    }
  })

  test('calls no upstream, and does not tell whether there is such an account', async () => {
    const representations = [ANA, 'legacy:999999l999999'].map((id) => ({ __typename: 'Identity', id }))
    const query = `query ($r: [_Any!]!) {
      identity(id: "${ANA}") { id } identities { complete } identityHolder(email: "${ana.legacy.email}") { email }
      _entities(representations: $r) { __typename }
    }`
    const { data } = await ask(query, ['identity:update'], { r: representations })
    expect(data).toEqual({ identity: null, identities: null, identityHolder: null, _entities: [null, null] })
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  test('below an account costs nothing beside it', async () => {
    const { data } = await ask(`{ identity(id: "${ANA}") { id holder { identities { id } } } }`, READ)
    expect(data).toEqual({ identity: { id: ANA, holder: null } })
    expect(upstreamCalls(subgraph)).toBe(1)
  })

  test('is not what everybody may know who is let in', async () => {
    const { data, errors } = await ask('{ __typename _service { __typename } }', [])
    expect([data, errors]).toEqual([{ __typename: 'Query', _service: { __typename: '_Service' } }, undefined])
  })
})

describe('looking for persons', () => {
  const identities = (args: string): string => `{ identities(${args}) { nodes { id } } }`
  const PERSONAL = {
    'IdentityFilter.email': 'filter: { email: "ana.silva@example.com" }',
    'IdentityFilter.emailDomain': 'filter: { emailDomain: "example.com", source: LEGACY }',
    'IdentityFilter.search': 'filter: { search: "" }',
    'IdentityOrderField.EMAIL': 'orderBy: { field: EMAIL, direction: ASC }',
    'IdentityOrderField.NAME': 'filter: { source: LEGACY }, orderBy: { field: NAME, direction: DESC }',
  }

  test('by everything in the schema that is tagged as personal', () => {
    const tagged = taggedIn(parse(readSdl()), 'pii').filter((each) => /Filter|Order/.test(each))
    expect(Object.keys(PERSONAL)).toEqual(tagged)
  })

  test.each(Object.entries(PERSONAL))('by %s needs identity:read:pii, and calls nobody', async (_name, args) => {
    const refused = await ask(identities(args), READ)
    expect(refused).toMatchObject({ data: { identities: null }, errors: [{ path: ['identities'] }] })
    expect(refused.errors?.[0]).toMatchObject({
      message: expect.stringMatching(/^"(filter\.\w+|orderBy)" needs the scope identity:read:pii\.$/),
      extensions: { code: 'FORBIDDEN' },
    })
    expect(upstreamCalls(subgraph)).toBe(0)
    const allowed = await ask(identities(args), BOTH)
    expect(allowed.errors?.map(({ extensions }) => extensions['code']) ?? []).not.toContain('FORBIDDEN')
  })

  test('by a variable is looking all the same', async () => {
    const query = 'query ($f: IdentityFilter, $o: IdentityOrder) { identities(filter: $f, orderBy: $o) { complete } }'
    const codesOf = async (variables: Record<string, unknown>) =>
      (await ask(query, READ, variables)).errors?.map(({ extensions }) => extensions['code'])
    expect(await codesOf({ f: { email: 'a@example.com' } })).toEqual(['FORBIDDEN'])
    expect(await codesOf({ o: { field: 'NAME', direction: 'ASC' } })).toEqual(['FORBIDDEN'])
    expect(await codesOf({ f: { email: null, search: null } })).toBeUndefined()
  })

  test('is nothing that other filters and orders do', async () => {
    const codes = await Promise.all(
      ['filter: { source: LEGACY }', 'filter: { role: "admin" }', 'orderBy: { field: CREATED_AT, direction: ASC }'].map(
        async (args) => (await ask(identities(args), READ)).errors?.map(({ extensions }) => extensions['code']) ?? [],
      ),
    )
    expect(codes.flat()).not.toContain('FORBIDDEN')
  })
})
