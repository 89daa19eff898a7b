import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AccessReview } from '../fixtures/access-reviews.ts'
import { KNOWN_PARTNERS, KNOWN_PEOPLE, type Simulator } from '../simulator/simulator.ts'
import { startApolloGateway } from './apollo-gateway.ts'
import { ROUTER_SECRET, startCompany, type Company } from './company.ts'
import type { Gateway, StartGateway } from './gateway.ts'
import { startHiveGateway, startHiveRouterRuntime } from './hive-gateway.ts'

const { ana, ben, elena } = KNOWN_PEOPLE
const ANA = `legacy:${ana.legacy.user_id}`
const ELENA = `site-partner:${elena.sitePartner.id}`

/** Five reviews with something of their own each, then fifty of ordinary accounts. */
function createReviews({ legacy }: Simulator): AccessReview[] {
  const review = (id: string, accountId: string, reviewerEmail: string | null): AccessReview => ({
    id,
    decision: 'OPEN',
    accountId,
    reviewerEmail,
  })
  const many = legacy.people.list().slice(10, 60)
  return [
    review('ana', ANA, ben.legacy.email),
    review('elena', ELENA, 'ANA.SILVA@example.com'),
    review('unknown', 'legacy:999999l999999', null),
    review('bad', 'neither a source nor an id', null),
    review('stranger', ANA, 'nobody@example.com'),
    ...many.map(({ user_id }) => review(`many-${user_id}`, `legacy:${user_id}`, null)),
  ]
}

interface Answer {
  readonly data: any
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions?: Record<string, unknown> }[]
}

let company: Company
beforeAll(async () => void (company = await startCompany(createReviews)))
afterAll(() => company.close())

interface Candidate {
  readonly name: string
  readonly startGateway: StartGateway
  /** Whether it takes a supergraph that asks for scopes. */
  readonly knowsScopes: boolean
  /** Whether it makes an error of an entity that is null and should have a non-null field. */
  readonly complainsOfUnknown: boolean
}

const candidates: Candidate[] = [
  { name: 'Apollo Gateway', startGateway: startApolloGateway, knowsScopes: false, complainsOfUnknown: false },
  { name: 'Hive Gateway', startGateway: startHiveGateway, knowsScopes: true, complainsOfUnknown: true },
  {
    name: 'Hive Gateway with the Rust planner',
    startGateway: startHiveRouterRuntime,
    knowsScopes: true,
    complainsOfUnknown: false,
  },
]

describe.each(candidates)('through $name', ({ startGateway, knowsScopes, complainsOfUnknown }) => {
  let gateway: Gateway
  beforeAll(async () => {
    const supergraphSdl = knowsScopes ? company.supergraphSdl : company.supergraphSdlWithoutScopes
    gateway = await startGateway({ supergraphSdl, routerSecret: ROUTER_SECRET })
  })
  afterAll(() => gateway.close())
  beforeEach(() => {
    company.received.length = 0
    company.simulator.reset()
  })

  async function ask(query: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    })
    return (await response.json()) as Answer
  }

  const entityRequests = () => company.received.filter(({ representations }) => representations > 0)

  test('a query crosses all three subgraphs', async () => {
    const { data, errors } = await ask(`{
      accessReview(id: "elena") { decision account { email status partner { name kind network { name } } } }
    }`)
    expect(errors).toBeUndefined()
    expect(data.accessReview).toEqual({
      decision: 'OPEN',
      account: {
        email: elena.sitePartner.email,
        status: 'ACTIVE',
        partner: {
          name: KNOWN_PARTNERS.northStation.name,
          kind: 'SITE_HOST',
          network: { name: 'Simulated Charging Network' },
        },
      },
    })
  })

  test('a page of identities gets the names of its partners', async () => {
    const { data, errors } = await ask(`{
      identities(first: 5, filter: { source: SITE_PARTNER }) { nodes { id partner { name } } pageInfo { hasNextPage } }
    }`)
    expect(errors).toBeUndefined()
    expect(data.identities.nodes).toHaveLength(5)
    expect(data.identities.nodes[0].partner.name).toBe(KNOWN_PARTNERS.harbourGarage.name)
    expect(data.identities.pageInfo.hasNextPage).toBe(true)
  })

  test('fifty references come as one request', async () => {
    const { data, errors } = await ask(
      '{ accessReviews(first: 50, after: "stranger") { nodes { account { status } } } }',
    )
    expect(errors).toBeUndefined()
    expect(data.accessReviews.nodes).toHaveLength(50)
    expect(data.accessReviews.nodes.every((node: any) => node.account.status !== null)).toBe(true)
    expect(entityRequests().map(({ representations }) => representations)).toEqual([50])
  })

  test('an unknown and a bad id spoil only themselves', async () => {
    const { data, errors = [] } = await ask('{ accessReviews(first: 5) { nodes { id account { id status } } } }')
    expect(data.accessReviews.nodes).toEqual([
      { id: 'ana', account: { id: ANA, status: 'ACTIVE' } },
      { id: 'elena', account: { id: ELENA, status: 'ACTIVE' } },
      { id: 'unknown', account: null },
      { id: 'bad', account: null },
      { id: 'stranger', account: { id: ANA, status: 'ACTIVE' } },
    ])
    const errorsAt = (index: number) => errors.filter(({ path }) => path?.[2] === index)
    expect(errorsAt(3).map(({ extensions }) => extensions)).toMatchObject([
      { code: 'BAD_USER_INPUT', retryable: false },
    ])
    expect(errorsAt(2)).toHaveLength(complainsOfUnknown ? 1 : 0)
    expect(errors).toHaveLength(complainsOfUnknown ? 2 : 1)
  })

  test('with one source down the accounts of the other still come, and the client learns which it is', async () => {
    company.simulator.legacy.faults.add({ kind: 'status', status: 500 })
    const { data, errors = [] } = await ask('{ accessReviews(first: 2) { nodes { account { status role } } } }', {
      'cache-control': 'no-cache',
    })
    expect(data.accessReviews.nodes).toEqual([{ account: null }, { account: { status: 'ACTIVE', role: null } }])
    expect(errors.map(({ path }) => path?.[2])).toEqual([0])
    expect(errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', source: 'LEGACY', retryable: true })
  })

  test('a holder is found by the e-mail that another subgraph has, in any letter case', async () => {
    const { data, errors } = await ask(`{
      known: accessReview(id: "elena") { reviewer { email identities { id source } } }
      stranger: accessReview(id: "stranger") { reviewer { email identities { id } } }
    }`)
    expect(errors).toBeUndefined()
    expect(data.known.reviewer.identities).toEqual([
      { id: ANA, source: 'LEGACY' },
      { id: `site-partner:${ana.sitePartner.id}`, source: 'SITE_PARTNER' },
    ])
    expect(data.stranger.reviewer.identities).toEqual([])
  })

  test('the headers of a client arrive, but for a router secret of its own', async () => {
    const { errors } = await ask(`{ accessReview(id: "elena") { account { status partner { name } } } }`, {
      authorization: 'Bearer of a client',
      'cache-control': 'no-cache',
      'router-authorization': 'made up',
    })
    expect(errors).toBeUndefined()
    expect(company.received.map(({ headers }) => headers)).toMatchObject([
      { authorization: 'Bearer of a client', 'cache-control': 'no-cache', 'router-authorization': ROUTER_SECRET },
    ])
    const neighbours = [...company.accessReviews.received, ...company.sitePartners.received]
    expect(neighbours.length).toBeGreaterThan(0)
    expect(neighbours.filter((headers) => headers['router-authorization'] !== undefined)).toEqual([])
  })
})

test('a client that has the secret cannot lend it to a gateway that has not', async () => {
  const stranger = await startApolloGateway({
    supergraphSdl: company.supergraphSdlWithoutScopes,
    routerSecret: 'another',
  })
  const response = await fetch(stranger.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'router-authorization': ROUTER_SECRET },
    body: JSON.stringify({ query: `{ identity(id: "${ANA}") { status } }` }),
  })
  const { data, errors } = (await response.json()) as Answer
  await stranger.close()
  expect(data?.identity ?? null).toBeNull()
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
})
