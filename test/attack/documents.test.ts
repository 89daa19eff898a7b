import { describeAttacks, inData, PASSWORD, refused } from './attack.ts'
import { operation, request } from './wire.ts'

const PARSE = 'GRAPHQL_PARSE_FAILED'
const INVALID = 'GRAPHQL_VALIDATION_FAILED'
const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')
const BY_ID = 'identity(id: "legacy:1")'
const NESTED = `{ ${BY_ID} ${'{ holder { identities '.repeat(5)} { id } ${'} }'.repeat(5)} }`
const entities = (count: number): object => ({
  query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
  variables: { r: Array.from({ length: count }, (_, index) => ({ __typename: 'Identity', id: `legacy:${index}` })) },
})

describeAttacks('overload', [
  refused('31 aliases of one field', operation(`{ ${times(31, (i) => `a${i}: ${BY_ID} { id }`)} }`), 400),
  refused('101 aliases of __typename', operation(`{ ${BY_ID} { ${times(101, (i) => `a${i}: __typename`)} } }`), 400),
  refused(
    '31 aliases in fragments',
    operation(
      `{ ${BY_ID} { ...A ...B } } fragment A on Identity { ${times(16, (i) => `a${i}: id`)} } fragment B on Identity { ${times(15, (i) => `b${i}: id`)} }`,
    ),
    400,
  ),
  refused('a field 500 times', operation(`{ ${'__typename '.repeat(500)} }`), 400),
  refused('fields nested 11 deep', operation(NESTED), 400),
  refused(
    'fields nested 11 deep in fragments',
    operation(
      `{ ${BY_ID} { ...A } } fragment A on Identity { holder { identities { holder { identities { ...B } } } } } fragment B on Identity { holder { identities { holder { identities { holder { email } } } } } }`,
    ),
    400,
  ),
  refused('fields nested 600 deep', operation(`${'{ a'.repeat(600)} ${'}'.repeat(600)}`), 400, INVALID),
  refused('2,001 tokens', operation(`{ ${'id '.repeat(1_999)}`), 400, PARSE),
  refused('a megabyte of commas', operation(`{ ${','.repeat(1_000_000)} ${'a '.repeat(2_000)} }`), 400, PARSE),
  refused('a megabyte of brackets', operation('{'.repeat(1_000_000)), 400, PARSE),
  refused(
    'a list within a list, 900 times',
    operation(`{ identity(id: ${'['.repeat(900)}${']'.repeat(900)}) { id } }`),
    400,
    INVALID,
  ),
  refused('1,001 representations', operation(entities(1_001)), 400),
  refused('20,000 representations', operation(entities(20_000)), 400),
  refused(
    '1,001 representations over aliases',
    operation({
      ...entities(334),
      query: `query ($r: [_Any!]!) { ${times(3, (i) => `a${i}: _entities(representations: $r) { __typename }`)} }`,
    }),
    400,
  ),
  refused(
    "1,001 representations in a variable's default",
    operation(
      `query ($r: [_Any!]! = [${'{a:1}'.repeat(334)}]) { ${times(3, (i) => `a${i}: _entities(representations: $r) { __typename }`)} }`,
    ),
    400,
  ),
  refused(
    '21 of the longest pages',
    operation(`{ ${times(21, (i) => `a${i}: identities(first: 500) { nodes { id } }`)} }`),
    400,
  ),
  refused(
    'a page with holders in holders',
    operation(
      `{ ${times(2, (i) => `a${i}: identities(first: 500) { nodes { holder { identities { holder { identities { holder { identities { id } } } } } } } }`)} }`,
    ),
    400,
  ),
  inData('a page longer than 500', operation('{ identities(first: 501) { complete } }'), { identities: null }),
])

describeAttacks('fragments and directives', [
  refused(
    'a fragment that holds itself',
    operation(`{ ${BY_ID} { ...A } } fragment A on Identity { holder { identities { ...A } } }`),
    400,
    INVALID,
  ),
  refused(
    'fragments that hold one another',
    operation(`{ ${BY_ID} { ...A } } fragment A on Identity { ...B } fragment B on Identity { ...A }`),
    400,
    INVALID,
  ),
  refused(
    '2 to the power of 20 fields',
    operation(
      `{ ${BY_ID} { ...F0 } } ${times(20, (i) => `fragment F${i} on Identity { ...F${i + 1} ...F${i + 1} }`)} fragment F20 on Identity { id }`,
    ),
    400,
    INVALID,
  ),
  refused(
    'a fragment nobody uses',
    operation(`
      {
        __typename
      }
      fragment F on Identity {
        id
      }
    `),
    400,
    INVALID,
  ),
  refused('a fragment that there is not', operation(`{ ...${PASSWORD.replaceAll('-', '')} }`), 400, INVALID),
  refused(
    'fragments of one name',
    operation(`{ ${BY_ID} { ...A } } fragment A on Identity { id } fragment A on Identity { email }`),
    400,
    INVALID,
  ),
  refused('500 directives that there are not', operation(`{ __typename ${'@aa'.repeat(500)} }`), 400, INVALID),
  refused('250 times @skip', operation(`{ __typename ${'@skip(if: false)'.repeat(250)} }`), 400, INVALID),
  refused(
    '@defer',
    operation(`
      {
        ... @defer {
          __typename
        }
      }
    `),
    400,
    INVALID,
  ),
  refused('a field with two meanings', operation(`{ ${BY_ID} { a: id a: email } }`), 400, INVALID),
  inData('a subscription', operation('subscription { identities }'), null),
  refused('a definition of a type', operation('type X { a: Int }'), 400, INVALID),
  refused('no operation', operation('fragment F on Identity { id }'), 400, INVALID),
  refused('an empty query', operation(''), 400, 'BAD_REQUEST'),
  refused('nothing but a comment', operation(`# ${PASSWORD}`), 400, PARSE),
  refused(
    'two operations and no name',
    operation('query A { __typename } query B { __typename }'),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ),
  refused(
    'the name of another operation',
    operation({ query: 'query A { __typename }', operationName: PASSWORD }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ),
  refused(
    'a persisted query',
    operation({ extensions: { persistedQuery: { version: 1, sha256Hash: PASSWORD } } }),
    200,
    'PERSISTED_QUERY_NOT_SUPPORTED',
  ),
  refused(
    'a batch of one operation under several names',
    request(JSON.stringify([{ query: '{ __typename }' }])),
    400,
    'BAD_REQUEST',
  ),
])

describeAttacks(
  'what is said of the schema',
  [
    refused('introspection', operation('{ __schema { types { name } } }'), 400, INVALID),
    refused('introspection of one type', operation('{ __type(name: "Identity") { fields { name } } }'), 400, INVALID),
    refused(
      'introspection in a fragment',
      operation('{ ...F } fragment F on Query { __schema { queryType { name } } }'),
      400,
      INVALID,
    ),
    refused(
      'introspection in circles',
      operation(`
        {
          __schema {
            types {
              fields {
                type {
                  fields {
                    type {
                      fields {
                        name
                      }
                    }
                  }
                }
              }
            }
          }
        }
      `),
      400,
      INVALID,
    ),
    refused('a name that is nearly right', operation('{ identitySource { source } }'), 400, INVALID),
    refused('the page for people', request('', { line: 'GET / HTTP/1.1', headers: { accept: 'text/html' } }), 404),
    refused(
      'the page for people at /graphql',
      request('', { line: 'GET /graphql HTTP/1.1', headers: { accept: 'text/html' } }),
      405,
    ),
    refused(
      'a request before the request, from the Sandbox',
      request('', {
        line: 'OPTIONS /graphql HTTP/1.1',
        headers: {
          'content-type': undefined,
          'content-length': undefined,
          origin: 'https://studio.apollographql.com',
          'access-control-request-method': 'POST',
        },
      }),
      404,
    ),
  ],
  ['production'],
)

describeAttacks(
  'in circles through the schema',
  [
    refused(
      'that can be asked for',
      operation(`
        {
          __schema {
            types {
              fields {
                type {
                  fields {
                    type {
                      fields {
                        type {
                          fields {
                            name
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      `),
      400,
      INVALID,
    ),
  ],
  ['development'],
)
