import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOCAL, type Caller } from '../../../src/graphql/caller.ts'
import { createApolloServer } from '../../../src/graphql/apollo-server.ts'
import type { IdentityDirectory } from '../../../src/identity/identity-directory.ts'
import type { IdentityWrites } from '../../../src/identity/writes/identity-writes.ts'

let reads = 0
const unexpected: unknown[] = []
const onUnexpected = (error: unknown): void => void unexpected.push(error)
const server = createApolloServer({ production: false, onUnexpected, onError: () => {} })
const hidden = createApolloServer({ production: true, onUnexpected, onError: () => {} })
beforeAll(async () => void (await Promise.all([server.start(), hidden.start()])))
afterAll(async () => void (await Promise.all([server.stop(), hidden.stop()])))

/** A directory without anybody in it. */
const directory = {
  identitiesByKey(keys: readonly unknown[]) {
    reads += keys.length
    return keys.map(() => null)
  },
  identity: async () => {
    reads++
    return null
  },
  identitiesOf: async () => [],
  sourceStates: () => [],
} as unknown as IdentityDirectory

/** What came of it, and whether anything was looked up or logged for it. */
async function ask(
  query: string,
  variables: Record<string, unknown> = {},
  operationName?: string,
  on = server,
  caller: Caller = LOCAL,
) {
  reads = 0
  unexpected.length = 0
  const question = { query, variables, ...(operationName && { operationName }) }
  const { body, http } = await on.executeOperation(question, {
    contextValue: { directory, writes: {} as IdentityWrites, caller, requestId: '1' },
  })
  const { errors = [] } = body.kind === 'single' ? body.singleResult : {}
  const code = errors[0]?.extensions?.['code']
  return { code, message: errors[0]?.message, status: http.status ?? 200, reads, logged: unexpected.length }
}

/** The rows of a page 19 times. */
const LISTS = Array.from({ length: 19 }, (_, index) => `n${index}: nodes { id }`).join(' ')
const TAKEN = { code: undefined, status: 200, logged: 0 }
const INVALID = { code: 'GRAPHQL_VALIDATION_FAILED', status: 400, reads: 0, logged: 0 }
const refused = (message: string) => ({ code: 'BAD_USER_INPUT', message, status: 400, reads: 0, logged: 0 })

describe('depth: 10 levels of fields', () => {
  const REFUSED = refused('Fields can be nested 10 deep at most.')
  /** This many levels in all. */
  const nested = (levels: number): string => {
    const inner = Array.from({ length: levels - 2 }, (_, index) => (index % 2 ? 'identities' : 'holder'))
    return `{ identity(id: "legacy:1") ${inner.reduceRight((below, name) => `{ ${name} ${below} }`, '{ __typename }')} }`
  }

  // The refusal was masked as INTERNAL_SERVER_ERROR and logged as a defect: only errors with a path were unwrapped.
  test('are the most, and the refusal says so', async () => {
    expect(await ask(nested(10))).toMatchObject(TAKEN)
    expect(await ask(nested(11))).toEqual(REFUSED)
  })

  test('are counted over fragments, which are no level themselves', async () => {
    const fragments = (last: string): string => `
      query { ...Root }
      fragment Root on Query { ... { identity(id: "legacy:1") { ...A } } }
      fragment A on Identity { holder { identities { ...B } } }
      fragment B on Identity { holder { identities { ...C } } }
      fragment C on Identity { holder { identities { ... on Identity { holder { identities { ${last} } } } } } }`
    expect(await ask(fragments('id'))).toMatchObject(TAKEN)
    expect(await ask(fragments('holder { email }'))).toEqual(REFUSED)
  })

  test('are those of the operation that is run', async () => {
    const document = `query Deep ${nested(11)} query Flat { identitySources { source } }`
    expect(await ask(document, {}, 'Flat')).toMatchObject(TAKEN)
    expect(await ask(document, {}, 'Deep')).toEqual(REFUSED)
  })

  test('do not bind introspection, which is for development', async () => {
    const query = `{ __schema { types { fields { type { ${'ofType { '.repeat(9)} name ${'} '.repeat(9)} } } } } }`
    expect(await ask(query)).toMatchObject(TAKEN)
    expect((await ask(query, {}, undefined, hidden)).status).toBe(400)
  })
})

describe('aliases: 30 of one field', () => {
  const REFUSED = refused('A field can have 30 aliases at most.')
  const aliases = (count: number, from = 0): string =>
    Array.from({ length: count }, (_, index) => `a${index + from}: identity(id: "legacy:${index + from}") { id }`).join(
      ' ',
    )

  test('are the most', async () => {
    expect(await ask(`{ ${aliases(30)} identity(id: "legacy:x") { a: id } }`)).toMatchObject(TAKEN)
    expect(reads).toBe(31)
    expect(await ask(`{ ${aliases(31)} }`)).toEqual(REFUSED)
  })

  test('are counted over fragments and over all levels', async () => {
    expect(await ask(`{ ${aliases(20)} ...More } fragment More on Query { ${aliases(11, 20)} }`)).toEqual(REFUSED)
    const names = (count: number): string => Array.from({ length: count }, (_, index) => `n${index}: id`).join(' ')
    const spread = `{ identity(id: "legacy:1") { ${names(16)} holder { identities { ${names(15)} } } } }`
    expect(await ask(spread)).toEqual(REFUSED)
  })
})

describe('repetitions: 30 of one field in one place', () => {
  test('are the most', async () => {
    expect((await ask(`{ ${'__typename '.repeat(30)} }`)).status).toBe(200)
    expect(await ask(`{ ${'__typename '.repeat(31)} }`)).toEqual(
      refused('A field can stand 30 times in one place at most.'),
    )
    const below = (count: number): string =>
      `{ identity(id: "legacy:1") { ...F } } fragment F on Identity { ${'id '.repeat(count)} }`
    expect((await ask(below(31))).status).toBe(400)
  })
})

describe('representations: 1,000 in one request', () => {
  const REFUSED = refused('A request can hold 1000 representations at most.')
  const given = (count: number) => Array.from({ length: count }, () => ({ __typename: 'Identity', id: 'legacy:1' }))
  const ONE = '{__typename:"Identity",id:"legacy:1"}'
  const literal = (count: number): string => `[${ONE.repeat(count)}]`
  const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }'

  test('are the most', async () => {
    expect(await ask(ENTITIES, { r: given(1_000) })).toMatchObject(TAKEN)
    expect(await ask(ENTITIES, { r: given(1_001) })).toEqual(REFUSED)
    // The same document, measured before.
    expect(await ask(ENTITIES, { r: given(1) })).toMatchObject(TAKEN)
  })

  test('are counted over aliases, fragments, variables and literals', async () => {
    const query = `query ($r: [_Any!]!) {
      a: _entities(representations: $r) { __typename }
      ...More
      _entities(representations: ${literal(9)}) { __typename }
      c: _entities(representations: ${ONE}) { __typename }
    } fragment More on Query { b: _entities(representations: $r) { __typename } }`
    expect(await ask(query, { r: given(495) })).toMatchObject(TAKEN)
    expect(await ask(query, { r: given(496) })).toEqual(REFUSED)
  })

  // A variable that was not given counted as one representation, however many its default held: 30 aliases of it were
  // 6,000 look-ups.
  test("are counted in a variable's default", async () => {
    const aliases = Array.from({ length: 6 }, (_, index) => `a${index}: _entities(representations: $r) { __typename }`)
    const query = `query ($r: [_Any!]! = ${literal(200)}) { ${aliases.join(' ')} }`
    expect(await ask(query)).toEqual(REFUSED)
    expect(await ask(query, { r: given(1) })).toMatchObject(TAKEN)
  })
})

describe('rows: 10,000 over all lists', () => {
  const REFUSED = refused('A request can ask for 10000 rows at most, over all its lists.')
  const pages = (count: number, first: string, below = 'nodes { id }'): string =>
    Array.from({ length: count }, (_, index) => `a${index}: identities(first: ${first}) { ${below} }`).join(' ')

  // Thirty of the longest pages kept everybody else waiting for half a second.
  test('are the most', async () => {
    expect((await ask(`{ ${pages(20, '500')} }`)).status).toBe(200)
    expect(await ask(`{ ${pages(20, '500')} ${pages(1, '1').replace('a0', 'b')} }`)).toEqual(REFUSED)
    expect((await ask(`{ ${pages(30, '333')} }`)).status).toBe(200)
  })

  test.each([
    ['in a variable', `query ($n: Int) { ${pages(21, '$n')} }`, { n: 500 }],
    ["in a variable's default", `query ($n: Int = 500) { ${pages(21, '$n')} }`, {}],
    ['from the end', `{ ${pages(21, '500').replaceAll('first', 'last')} }`, {}],
    [
      'without a size',
      `{ ${pages(30, '0').replaceAll('(first: 0)', '')} ${pages(1, '500', LISTS).replace('a0: ', '')} }`,
      {},
    ],
    [
      'in fragments',
      `{ ...A ...B } fragment A on Query { ${pages(15, '500')} } fragment B on Query { ${pages(6, '500').replaceAll(/a(?=\d+:)/g, 'b')} }`,
      {},
    ],
    [
      'in lists under other names',
      `{ ${pages(1, '500', Array.from({ length: 21 }, (_, i) => `n${i}: nodes { id }`).join(' '))} }`,
      {},
    ],
    ['in edges', `{ ${pages(21, '500', 'edges { cursor }')} }`, {}],
    [
      'of changes, each with its account',
      `{ ${pages(11, '500', 'nodes { identity { id } }').replaceAll('identities(', 'identityChanges(')} }`,
      {},
    ],
    [
      'in holders within holders',
      `{ ${pages(2, '500', 'nodes { holder { identities { holder { identities { holder { identities { id } } } } } } }')} }`,
      {},
    ],
  ])('are counted %s', async (_name, query, variables) => {
    expect(await ask(query, variables)).toEqual(REFUSED)
  })

  // A page of -1,000,000 rows, which is refused on its own, took away from the sum: thirty of the longest pages passed,
  // and so did every place where something is refused.
  test('are not made up for by a page of fewer than none', async () => {
    const query = `query ($n: Int) { ${pages(21, '500')} ${pages(1, '$n').replace('a0', 'b')} }`
    expect(await ask(query, { n: -1_000_000 })).toEqual(REFUSED)
    expect(await ask(query.replace('($n: Int)', '').replace('$n', '-1000000'))).toEqual(REFUSED)
  })

  test('of entities count with what is below them', async () => {
    const query = (below: string): string =>
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { ${below} } } }`
    const r = Array.from({ length: 1_000 }, () => ({ __typename: 'Identity', id: 'legacy:1' }))
    const twice = 'holder { identities { holder { identities { id } } } }'
    expect((await ask(query(twice), { r })).status).toBe(200)
    expect(await ask(query(`${twice} b: ${twice}`), { r })).toEqual(REFUSED)
  })
})

describe('the document', () => {
  test('has 2,000 tokens at most', async () => {
    // 12 tokens around the list; of a document that can be parsed it is the representations that are too many.
    const query = (tokens: number): string =>
      `{ _entities(representations: [${'1 '.repeat(tokens - 12)}]) { __typename } }`
    expect(await ask(query(2_000))).toMatchObject({ code: 'BAD_USER_INPUT', status: 400, logged: 0 })
    expect(await ask(query(2_001))).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED', status: 400, logged: 0 })
  })

  // Each fragment spreads the next one twice. With Apollo's own limit of ten million selections the measuring alone took
  // more than two seconds, during which nobody else was served.
  test('cannot unfold into millions of fields', async () => {
    const count = 21
    const fragments = Array.from(
      { length: count },
      (_, i) => `fragment F${i} on Identity { ...F${i + 1} ...F${i + 1} }`,
    )
    const query = `{ identity(id: "legacy:1") { ...F0 } } ${fragments.join(' ')} fragment F${count} on Identity { id }`
    expect(await ask(query)).toMatchObject(INVALID)
  })

  test('may use fragments as routers do', async () => {
    const spreads = Array.from({ length: 30 }, (_, index) => `a${index}: identity(id: "legacy:1") { ...F }`).join(' ')
    expect(
      await ask(`{ ${spreads} } fragment F on Identity { id source status email firstName holder { email } }`),
    ).toMatchObject(TAKEN)
  })

  test('that goes round in circles is refused', async () => {
    const fragment = 'fragment A on Identity { holder { identities { ...A } } }'
    expect(await ask(`{ identity(id: "legacy:1") { ...A } } ${fragment}`)).toMatchObject(INVALID)
  })
})

describe('refused places: 5,000', () => {
  const READER: Caller = { name: 'reader', scopes: new Set(['identity:read']) }
  const ALL: Caller = { name: 'all', scopes: new Set(['identity:read', 'identity:read:pii']) }
  const MESSAGE = 'This would be refused at more than 5000 places: leave out what needs a scope that is lacking.'
  const REFUSED = { code: 'FORBIDDEN', message: MESSAGE, status: 403, reads: 0, logged: 0 }
  const PERSON = 'email firstName lastName displayName holder { email }'
  const page = (name: string, below: string): string => `${name}: identities(first: 500) { nodes { ${below} } }`
  const two = `${page('a', PERSON)} ${page('b', PERSON)}`
  const entities = (below: string): [string, Record<string, unknown>] => [
    `query ($r: [_Any!]!) { _entities(representations: $r) { ${below} } }`,
    { r: Array.from({ length: 1_000 }, () => ({ __typename: 'Identity', id: 'nobody' })) },
  ]
  const asReader = async (query: string, variables = {}) => ask(query, variables, undefined, server, READER)

  test('are the most, and more are refused as a whole', async () => {
    expect((await asReader(`{ ${two} }`)).status).toBe(200)
    expect(await asReader(`{ ${two} ${page('c', 'email')} }`)).toEqual(REFUSED)
  })

  test('are none for who has the scopes, and where they were checked before', async () => {
    const query = `{ ${two} ${page('c', 'email')} }`
    for (const caller of [ALL, LOCAL]) expect((await ask(query, {}, undefined, server, caller)).status).toBe(200)
  })

  test('are one for a field, whatever is below it', async () => {
    expect((await asReader(`{ ${page('a', `holder { identities { ${PERSON} } }`)} }`)).status).toBe(200)
  })

  test('are counted under aliases, over edges, in fragments and for entities', async () => {
    const aliased = Array.from({ length: 11 }, (_, index) => `e${index}: email`).join(' ')
    expect(await asReader(`{ ${page('a', aliased)} }`)).toEqual(REFUSED)
    expect(await asReader(`{ identities(first: 500) { edges { node { ${aliased} } } } }`)).toEqual(REFUSED)
    expect(await asReader(`{ ${page('a', '...P')} } fragment P on Identity { ... { ${aliased} } } `)).toEqual(REFUSED)
    const [most, variables] = entities(`... on Identity { ${PERSON} }`)
    expect((await asReader(most, variables)).status).toBe(200)
    const [more] = entities(`... on Identity { ${PERSON} again: email }`)
    expect(await asReader(more, variables)).toEqual(REFUSED)
  })
})
