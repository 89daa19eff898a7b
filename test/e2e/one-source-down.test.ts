import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../simulator/simulator.ts'
import { everyId, startOver, startSubgraph, type Subgraph } from './subgraph.ts'

const PAGE = `query ($first: Int, $after: String, $allowPartial: Boolean, $filter: IdentityFilter) {
  identities(first: $first, after: $after, allowPartial: $allowPartial, filter: $filter) {
    nodes { id } pageInfo { hasNextPage endCursor } complete sources { source state code asOf }
  }
}`
const LEGACY_LIST = 'GET /user'
const SITE_PARTNER_LIST = 'GET /asset-management/v1/site-partner-users'

let subgraph: Subgraph
// What one test has taught of an upstream's limits and failures is not for the next.
beforeEach(async () => {
  await subgraph?.close()
  subgraph = await startSubgraph({ timing: { attemptTimeoutMs: 300 } })
  await startOver(subgraph)
})
afterAll(() => subgraph.close())

const ids = (connection: any): string[] => connection.nodes.map((node: any) => node.id)

/** What goes wrong upstream, and what a caller is told. */
const FAULTS: readonly [string, Fault, string, string, boolean][] = [
  ['answers 500', { kind: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE', 'UNAVAILABLE', true],
  [
    'answers 503 in HTML',
    { kind: 'status', status: 503, body: '<html>', contentType: 'text/html' },
    'UPSTREAM_UNAVAILABLE',
    'UNAVAILABLE',
    true,
  ],
  ['drops the connection', { kind: 'drop' }, 'UPSTREAM_UNAVAILABLE', 'UNAVAILABLE', true],
  ['breaks off its answer', { kind: 'truncate' }, 'UPSTREAM_UNAVAILABLE', 'UNAVAILABLE', true],
  ['hangs', { kind: 'hang' }, 'UPSTREAM_TIMEOUT', 'UNAVAILABLE', true],
  ['throttles', { kind: 'throttle' }, 'UPSTREAM_THROTTLED', 'THROTTLED', true],
  ['refuses the credentials', { kind: 'status', status: 401 }, 'UPSTREAM_UNAUTHORIZED', 'UNAUTHORIZED', false],
  ['refuses the right', { kind: 'status', status: 403 }, 'UPSTREAM_UNAUTHORIZED', 'UNAUTHORIZED', false],
  [
    'redirects',
    { kind: 'redirect', location: 'http://127.0.0.1:9/' },
    'UPSTREAM_INVALID_RESPONSE',
    'UNAVAILABLE',
    false,
  ],
  ['answers in HTML', { kind: 'wrong-content-type' }, 'UPSTREAM_INVALID_RESPONSE', 'UNAVAILABLE', false],
  ['answers what is no JSON', { kind: 'not-json' }, 'UPSTREAM_INVALID_RESPONSE', 'UNAVAILABLE', false],
  [
    'answers without the list',
    { kind: 'status', status: 200, body: {} },
    'UPSTREAM_INVALID_RESPONSE',
    'UNAVAILABLE',
    false,
  ],
  ['answers nothing', { kind: 'status', status: 200, body: '' }, 'UPSTREAM_INVALID_RESPONSE', 'UNAVAILABLE', false],
]

describe.each([
  ['LEGACY', LEGACY_LIST],
  ['SITE_PARTNER', SITE_PARTNER_LIST],
] as const)('%s', (source, endpoint) => {
  const down = (fault: Fault): void => {
    const { legacy, sitePartner } = subgraph.simulator
    ;(source === 'LEGACY' ? legacy : sitePartner).faults.add({ ...fault, endpoint })
  }

  it.each(FAULTS)(
    '%s: null with a coded error, or what the other source has',
    async (_name, fault, code, state, retryable) => {
      down(fault)
      const strict = await subgraph.ask(PAGE, { first: 3, filter: { source } })
      expect(strict.data).toEqual({ identities: null })
      expect(strict.errors).toMatchObject([{ path: ['identities'], extensions: { code, source, retryable } }])
      expect(Object.keys(strict.errors?.[0]?.extensions ?? {}).toSorted()).toEqual(['code', 'retryable', 'source'])
      expect(JSON.stringify(strict)).not.toMatch(/127\.0\.0\.1|<html|Silva|@example/)

      const partial = await subgraph.ask(PAGE, { first: 3, filter: { source }, allowPartial: true })
      expect(partial.errors).toBeUndefined()
      expect(partial.data.identities).toMatchObject({
        nodes: [],
        complete: false,
        pageInfo: { hasNextPage: false, endCursor: null },
        sources: [{ source, state, code }],
      })
      const { data } = await subgraph.ask('{ identitySources { source state code asOf } }')
      expect(data.identitySources.find((each: any) => each.source === source)).toMatchObject({ state, code })
    },
  )
})

describe('a walk with allowPartial', () => {
  it('shows each identity once when a source fails in its midst and comes back', async () => {
    const { legacy } = subgraph.simulator
    const found: string[] = []
    let after: string | null = null
    for (let pages = 1; ; pages++) {
      if (pages === 3) legacy.faults.add({ kind: 'status', status: 503, endpoint: LEGACY_LIST })
      if (pages === 7) legacy.faults.clear()
      const { data } = await subgraph.ask(PAGE, { first: 100, after, allowPartial: true })
      found.push(...ids(data.identities))
      const isDown = pages >= 3 && pages < 7
      expect(data.identities.complete).toBe(!isDown)
      const sources = new Set(ids(data.identities).map((id) => id.split(':')[0]))
      expect(isDown && sources.has('legacy')).toBe(false)
      if (!data.identities.pageInfo.hasNextPage) break
      after = data.identities.pageInfo.endCursor
    }
    expect(found.toSorted()).toEqual(everyId(subgraph).toSorted())
    expect(found).toHaveLength(2_000)
  })

  it('does not end with an error when nothing was wrong', async () => {
    const { data } = await subgraph.ask(PAGE, { first: 3, allowPartial: true })
    expect(data.identities).toMatchObject({ complete: true, sources: [{ source: 'LEGACY', state: 'OK', code: null }] })
  })
})

describe('other fields while SITE_PARTNER is down', () => {
  it('answers for LEGACY and says of the rest that it is not known', async () => {
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 500, endpoint: SITE_PARTNER_LIST })
    const id = everyId(subgraph)[0]
    const { data, errors } = await subgraph.ask(`{
      legacy: identity(id: "${id}") { id }
      lost: identity(id: "site-partner:spu_x") { id }
      identityHolder(email: "ana.silva@example.com") { email }
      withHolder: identity(id: "${id}") { holder { email identities { id } } }
    }`)
    expect(data).toEqual({
      legacy: { id },
      lost: null,
      identityHolder: null,
      withHolder: { holder: { email: 'ana.silva@example.com', identities: null } },
    })
    expect(
      errors?.map((error) => [error.path?.join('.'), error.extensions['code'], error.extensions['source']]),
    ).toEqual(
      expect.arrayContaining([
        ['lost', 'UPSTREAM_UNAVAILABLE', 'SITE_PARTNER'],
        ['identityHolder', 'UPSTREAM_UNAVAILABLE', 'SITE_PARTNER'],
        ['withHolder.holder.identities', 'UPSTREAM_UNAVAILABLE', 'SITE_PARTNER'],
      ]),
    )
  })

  it('tells when only the token cannot be had', async () => {
    subgraph.simulator.sitePartner.expireTokens()
    subgraph.simulator.sitePartner.faults.add({ kind: 'status', status: 403, endpoint: 'POST /oauth/token' })
    const { errors } = await subgraph.ask(PAGE, { first: 1, filter: { source: 'SITE_PARTNER' } })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAUTHORIZED', source: 'SITE_PARTNER' } }])
  })
})

describe('a source without credentials', () => {
  it('is left out of the walk, and said to be not configured where it is asked for', async () => {
    const variables = { SITE_PARTNER_CLIENT_ID: '', SITE_PARTNER_CLIENT_SECRET: '' }
    const alone = await startSubgraph({ simulator: { people: { legacy: 3, sitePartner: 3, shared: 0 } }, variables })
    const { data, errors } = await alone.ask(`{
      identities(first: 10) { nodes { source } complete pageInfo { hasNextPage } sources { source state } }
      only: identities(filter: { source: SITE_PARTNER }) { complete }
      identity(id: "site-partner:spu_x") { id }
      identitySources { source state }
    }`)
    expect(data).toMatchObject({
      identities: {
        nodes: [{ source: 'LEGACY' }, { source: 'LEGACY' }, { source: 'LEGACY' }],
        complete: true,
        pageInfo: { hasNextPage: false },
        sources: [
          { source: 'LEGACY', state: 'OK' },
          { source: 'SITE_PARTNER', state: 'NOT_CONFIGURED' },
        ],
      },
      only: null,
      identity: null,
      identitySources: [{ source: 'LEGACY' }, { source: 'SITE_PARTNER', state: 'NOT_CONFIGURED' }],
    })
    expect(errors).toMatchObject([
      { path: ['only'], extensions: { code: 'NOT_SUPPORTED', source: 'SITE_PARTNER' } },
      { path: ['identity'], extensions: { code: 'NOT_SUPPORTED', source: 'SITE_PARTNER' } },
    ])
    expect(errors?.[0]?.message).toContain('SITE_PARTNER_CLIENT_ID')
    expect(alone.simulator.sitePartner.calls.count()).toBe(0)
    await alone.close()
  })
})
