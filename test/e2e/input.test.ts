import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startOver, startSubgraph, upstreamCalls, type Subgraph } from './subgraph.ts'

let subgraph: Subgraph
beforeAll(async () => void (subgraph = await startSubgraph()))
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

const IDS = [
  '',
  ':',
  'legacy',
  'legacy:',
  'Legacy:1',
  'legacy:..',
  'legacy:.',
  'legacy:self',
  'legacy:SELF',
  'legacy:account',
  'legacy:a/b',
  'legacy:%2e%2e',
  'legacy:a?b',
  'legacy:a b',
  'legacy:a\u0000',
  'legacy:\ud83d',
  'legacy:a\u200bb',
  `legacy:${'x'.repeat(257)}`,
  'site-partner:..',
  'site-partner:',
  'site_partner:1',
  'other:1',
]

describe('ids that no account can have', () => {
  it.each(IDS)('%j is bad input and reaches no upstream', async (id) => {
    const { data, errors } = await subgraph.ask('query ($id: ID!) { identity(id: $id) { id } }', { id })
    expect(data).toEqual({ identity: null })
    expect(errors).toMatchObject([{ path: ['identity'], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it.each(['', '..', 'self', 'a/b'])('sourceId %j is bad input and reaches no upstream', async (sourceId) => {
    const query = 'query ($sourceId: ID!) { identityBySource(source: LEGACY, sourceId: $sourceId) { id } }'
    const { errors } = await subgraph.ask(query, { sourceId })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it.each([{ a: 1 }, ['legacy:1'], 5, true, null, undefined])('%j in a representation is bad input', async (id) => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }'
    const { data, errors } = await subgraph.ask(query, { r: [{ __typename: 'Identity', id }] })
    expect(data._entities).toEqual([null])
    expect(errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(upstreamCalls(subgraph)).toBe(0)
  })
})

describe('a representation of a type that is not resolved here', () => {
  it.each(['Nobody', 'PageInfo', 'toString', '', 7, null, undefined])('spoils only itself: %j', async (typename) => {
    const id = `legacy:${subgraph.simulator.legacy.people.list()[0]?.user_id}`
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { id } } }'
    const known = { __typename: 'Identity', id }
    const { data, errors } = await subgraph.ask(query, { r: [known, { __typename: typename, id }, known] })
    expect(data._entities).toEqual([{ id }, null, { id }])
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

describe('cursors', () => {
  const page = (after: string, rest = ''): Promise<any> =>
    subgraph.ask(
      `query ($after: String) { identities(first: 2, after: $after ${rest}) { nodes { id } pageInfo { endCursor } } }`,
      { after },
    )

  async function realCursor(): Promise<string> {
    const { data } = await subgraph.ask('{ identities(first: 2) { pageInfo { endCursor } } }')
    subgraph.simulator.legacy.calls.reset()
    return data.identities.pageInfo.endCursor
  }

  it('are refused before any upstream call when a single character was changed', async () => {
    const cursor = await realCursor()
    for (let index = 0; index < cursor.length; index++) {
      const changed = cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1)
      const { data, errors } = await page(changed)
      expect(data).toEqual({ identities: null })
      expect(errors[0].extensions.code).toBe('BAD_USER_INPUT')
    }
    expect(upstreamCalls(subgraph)).toBe(0)
    expect((await page(cursor)).data.identities.nodes).toHaveLength(2)
  })

  it.each(['', ' ', '.', 'a.b', '..', 'WzFd.AAAA', '\u0000', 'x'.repeat(10_000), 'bnVsbA'])(
    '%j is refused',
    async (cursor) => {
      const { errors } = await page(cursor)
      expect(errors).toMatchObject([{ path: ['identities'], extensions: { code: 'BAD_USER_INPUT' } }])
      expect(upstreamCalls(subgraph)).toBe(0)
    },
  )

  it('are refused in more than one spelling of the same bytes', async () => {
    const cursor = await realCursor()
    for (const spelled of [`${cursor}=`, ` ${cursor}`, `${cursor}\n`, `${cursor}A`]) {
      expect((await page(spelled)).errors).toHaveLength(1)
    }
  })

  it('belong to their filter', async () => {
    const cursor = await realCursor()
    const { errors } = await page(cursor, 'filter: { source: LEGACY }')
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect((await page(cursor, 'filter: {}')).errors).toBeUndefined()
  })

  it('belong to a server with the same secret', async () => {
    const cursor = await realCursor()
    const people = { legacy: 5, sitePartner: 0, shared: 0 }
    const other = await startSubgraph({ simulator: { people }, variables: { CURSOR_SECRET: 'another secret' } })
    const { errors } = await other.ask('query ($after: String) { identities(after: $after) { complete } }', {
      after: cursor,
    })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    await other.close()
  })

  it('are short, and say nothing personal', async () => {
    const { data } = await subgraph.ask('{ identities(first: 500) { edges { cursor } } }')
    for (const { cursor } of data.identities.edges) {
      expect(cursor.length).toBeLessThanOrEqual(512)
      const words: string[] = cursor.split(/[.~]/)
      const read = words.map((word) => Buffer.from(word.slice(1), 'base64url').toString())
      expect([...words, ...read].join(' ')).not.toMatch(/@|silva/i)
    }
  })
})

describe('arguments', () => {
  it.each([
    ['first: -1', 'BAD_USER_INPUT'],
    ['first: 501', 'BAD_USER_INPUT'],
    ['last: -1', 'BAD_USER_INPUT'],
    ['last: 5', 'NOT_SUPPORTED'],
    ['before: "x"', 'NOT_SUPPORTED'],
    ['orderBy: { field: EMAIL, direction: ASC }', 'NOT_SUPPORTED'],
    ['filter: { email: "a@example.com" }', 'NOT_SUPPORTED'],
    ['filter: { status: [ACTIVE] }', 'NOT_SUPPORTED'],
    ['filter: { createdAfter: "2024-01-01T00:00:00Z" }', 'NOT_SUPPORTED'],
  ])('identities(%s) is %s', async (args, code) => {
    const { data, errors } = await subgraph.ask(`{ identities(${args}) { complete } }`)
    expect(data).toEqual({ identities: null })
    expect(errors).toMatchObject([{ path: ['identities'], extensions: { code } }])
    expect(errors?.[0]?.message.includes('DIRECTORY')).toBe(code === 'NOT_SUPPORTED')
    expect(upstreamCalls(subgraph)).toBe(0)
  })

  it('may be null where they are optional', async () => {
    const nothing =
      'first: null, after: null, last: null, before: null, filter: null, orderBy: null, allowPartial: null'
    const { data, errors } = await subgraph.ask(`{ identities(${nothing}) { nodes { id } } }`)
    expect(errors).toBeUndefined()
    expect(data.identities.nodes).toHaveLength(25)
  })

  it.each(['', '   ', 'x'.repeat(400)])('identityHolder(email: %j) is bad input', async (email) => {
    const { errors } = await subgraph.ask('query ($email: String!) { identityHolder(email: $email) { email } }', {
      email,
    })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(upstreamCalls(subgraph)).toBe(0)
  })
})
