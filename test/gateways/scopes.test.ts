import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccessReview } from '../fixtures/access-reviews.ts'
import { startIssuer, type Issuer } from '../fixtures/issuer.ts'
import { OBJECT_TYPES, operationOf, restrict, timeless, type Way } from '../fixtures/scope-matrix.ts'
import { MUTATION_ARGUMENTS, MUTATION_WAYS, WRITE_SWITCHES } from '../fixtures/scope-mutations.ts'
import { SCOPES, TOKENS } from '../fixtures/scope-table.ts'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startApolloGateway } from './apollo-gateway.ts'
import { ROUTER_SECRET, startCompany, type Company } from './company.ts'
import type { Gateway, StartGateway } from './gateway.ts'
import { startHiveGateway, startHiveRouterRuntime } from './hive-gateway.ts'

const { ana, elena } = KNOWN_PEOPLE
const ANA = `legacy:${ana.legacy.user_id}`
const ELENA = `site-partner:${elena.sitePartner.id}`
const REVIEW: AccessReview = { id: 'ana', decision: 'OPEN', accountId: ANA, reviewerEmail: ana.legacy.email }

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
const audit = `identityAudit${ARGUMENTS['Query.identityAudit']}`
const holder = `identityHolder(email: "${ana.legacy.email}")`

const WAYS: readonly Way[] = [
  { type: 'Query', fields: [] },
  { type: 'Identity', fields: [identity] },
  { type: 'Identity', fields: ['identities(first: 3)', 'nodes'] },
  { type: 'Identity', fields: ['identities(first: 3)', 'edges', 'node'] },
  { type: 'Identity', fields: [holder, 'identities'] },
  { type: 'Identity', fields: [identity, 'holder', 'identities'] },
  { type: 'Identity', fields: [audit, 'orphans'] },
  { type: 'IdentityAudit', fields: [audit] },
  { type: 'IdentityHolder', fields: [audit, 'inSeveralSources'] },
  { type: 'IdentityHolder', fields: [holder] },
  { type: 'IdentityHolder', fields: [identity, 'holder'] },
  { type: 'IdentityConnection', fields: ['identities(first: 2)'] },
  { type: 'IdentityEdge', fields: ['identities(first: 2)', 'edges'] },
  { type: 'PageInfo', fields: ['identities(first: 2)', 'pageInfo'] },
  { type: 'IdentityChangeConnection', fields: ['identityChanges(first: 2)'] },
  { type: 'IdentityChangeEdge', fields: ['identityChanges(first: 2)', 'edges'] },
  { type: 'IdentityChange', fields: ['identityChanges(first: 2)', 'nodes'] },
  { type: 'IdentitySourceState', fields: ['identitySources'] },
  { type: 'SitePartner', fields: [`identity(id: "${ELENA}")`, 'partner'] },
  { type: 'SitePartnerNetwork', fields: [`identity(id: "${ELENA}")`, 'network'] },
  ...MUTATION_WAYS,
]

interface Answer {
  readonly data: any
  readonly errors?: readonly { readonly path?: readonly (string | number)[]; readonly extensions?: { code?: string } }[]
}

interface Setup {
  readonly name: string
  readonly startGateway: StartGateway
  readonly knowsScopes: boolean
  /** Who looks at tokens: the gateway, the subgraph behind it, or both. */
  readonly gatewayChecks: boolean
  readonly subgraphChecks: boolean
}

const apollo = { name: 'Apollo Gateway', startGateway: startApolloGateway, knowsScopes: false }
const hive = { name: 'Hive Gateway', startGateway: startHiveGateway, knowsScopes: true }
const rust = { name: 'Hive Gateway with the Rust planner', startGateway: startHiveRouterRuntime, knowsScopes: true }

const setups: Setup[] = [
  { ...apollo, gatewayChecks: false, subgraphChecks: true },
  { ...hive, gatewayChecks: false, subgraphChecks: true },
  { ...rust, gatewayChecks: false, subgraphChecks: true },
  { ...hive, name: `${hive.name} that is trusted to check`, gatewayChecks: true, subgraphChecks: false },
  { ...hive, name: `${hive.name} that checks before the subgraph does`, gatewayChecks: true, subgraphChecks: true },
]

test('there is a way to every type', () => {
  const reached = new Set(WAYS.map(({ type }) => type))
  expect(OBJECT_TYPES.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([])
})

const folder = mkdtempSync(join(tmpdir(), 'audit-'))
let issuer: Issuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(async () => {
  await issuer.close()
  rmSync(folder, { recursive: true })
})

describe.each(setups)('through $name', ({ startGateway, knowsScopes, gatewayChecks, subgraphChecks }) => {
  let company: Company
  let gateway: Gateway
  beforeAll(async () => {
    const directory = { DIRECTORY: 'temporary', SYNC_INTERVAL_SECONDS: '100000', POLL_INTERVAL_SECONDS: '100000' }
    const variables = { ...directory, ...WRITE_SWITCHES, AUDIT_LOG: join(folder, 'audit.log') }
    company = await startCompany(() => [REVIEW], { ...variables, ...(subgraphChecks && issuer.environment) })
    // Two changes for the log to show.
    await company.whenSynced()
    for (const name of ['one', 'two']) company.simulator.legacy.people.insert({ email: `${name}@example.com` })
    await company.whenSynced()
    gateway = await startGateway({
      supergraphSdl: knowsScopes ? company.supergraphSdl : company.supergraphSdlWithoutScopes,
      routerSecret: ROUTER_SECRET,
      ...(gatewayChecks && { readToken: async (token) => ({ scope: scopesByToken.get(token) ?? [] }) }),
    })
  })
  afterAll(async () => {
    await gateway.close()
    await company.close()
  })
  /** The gateway takes our tokens for good without a look at their signatures: it is not what is tested. */
  const scopesByToken = new Map<string, readonly string[]>()

  async function ask(query: string, scopes: readonly string[]): Promise<Answer> {
    const token = await issuer.token({ scope: scopes.join(' ') })
    scopesByToken.set(token, scopes)
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    })
    return (await response.json()) as Answer
  }

  /** A gateway that checks by the operation says `@` for every item of a list. */
  const placesOf = (paths: readonly (readonly (string | number)[])[]): string[] =>
    [...new Set(paths.map((path) => path.filter((part) => !/^(@|\d+)$/.test(String(part))).join('.')))].toSorted()

  test.each(TOKENS)('with %s what other subgraphs point at is given as far as that goes', async (_name, scopes) => {
    const { data, errors = [] } = await ask(
      '{ accessReview(id: "ana") { decision account { status email } reviewer { email identities { id } } } }',
      scopes,
    )
    const has = (scope: string) => scopes.includes(scope)
    // A gateway alone knows what stands on the type, and not that `_entities` is a query.
    const mayRead = subgraphChecks ? has('identity:read') : SCOPES.some(has)
    const mayReadPii = has('identity:read:pii')
    const { decision, account, reviewer } = data.accessReview
    expect(decision).toBe('OPEN')
    expect(account?.status ?? null).toBe(mayRead ? 'ACTIVE' : null)
    expect(account?.email ?? null).toBe(mayRead && mayReadPii ? ana.legacy.email : null)
    expect(reviewer?.identities?.length ?? null).toBe(mayReadPii ? 2 : null)
    const codes = new Set(errors.map(({ extensions }) => extensions?.code))
    expect(codes.has('FORBIDDEN') || codes.has('UNAUTHORIZED_FIELD_OR_TYPE')).toBe(!(mayRead && mayReadPii))
  })

  describe.each(WAYS)('$type by $fields', (way) => {
    const query = operationOf(way, ARGUMENTS)
    let everything: Answer
    beforeAll(async () => void (everything = await ask(query, SCOPES)))

    test.each(TOKENS)('with %s is given as far as that goes', async (_name, scopes) => {
      expect(everything.errors).toBeUndefined()
      const expected = restrict(timeless(everything.data), new Set(scopes), way.root)
      const { data, errors = [] } = await ask(query, scopes)
      expect(timeless(withListsInPlace(data))).toEqual(expected.data)
      expect(placesOf(errors.map(({ path = [] }) => path))).toEqual(
        placesOf(expected.refused.map((path) => path.split('.'))),
      )
      const code = gatewayChecks ? 'UNAUTHORIZED_FIELD_OR_TYPE' : 'FORBIDDEN'
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(errors.map(() => code))
    })
  })
})

/** Hive Gateway writes the null of a list that it refuses under the key `@`, beside the place where it belongs. */
function withListsInPlace(data: any): unknown {
  const { '@': lists, ...rest } = data
  return { ...lists, ...rest }
}
