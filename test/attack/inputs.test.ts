import { describeAttacks, inData, PASSWORD, refused, type Attack } from './attack.ts'
import { operation } from './wire.ts'

const LONE_SURROGATE = '\ud83d'
const NOBODY = { identity: null }

const byId = (id: unknown): Buffer =>
  operation({ query: 'query ($id: ID!) { identity(id: $id) { id email } }', variables: { id } })

const IDS: readonly string[] = [
  '',
  ' ',
  ':',
  'legacy',
  'legacy:',
  'LEGACY:1',
  'other:1',
  'legacy:.',
  'legacy:..',
  'legacy:../user',
  'legacy:..%2fuser',
  'legacy:%2e%2e',
  'legacy:%252e%252e',
  'legacy:self',
  'legacy:SeLf',
  'legacy:a/b',
  String.raw`legacy:a\b`,
  'legacy:a?x=1',
  'legacy:a#b',
  'legacy:a b',
  'legacy:a\r\nx-evil: 1',
  'legacy:a\u0000',
  'legacy:\u202e1',
  `legacy:${LONE_SURROGATE}`,
  `legacy:${'9'.repeat(10_000)}`,
  'legacy:1 legacy:2',
  "legacy:1' OR '1'='1",
  'legacy:http://127.0.0.1',
  'site-partner:..',
  'site-partner:archive/..',
  'site-partner:?limit=1',
  '__proto__',
  'legacy:__proto__/x',
  `${PASSWORD}:1`,
]

describeAttacks('ids that no account can have', [
  ...IDS.map((id) => inData(JSON.stringify(id).slice(0, 40), byId(id), NOBODY)),
  ...[{ a: 1 }, ['legacy:1', 'legacy:2'], true, 1.5].map((id) =>
    refused(`${JSON.stringify(id)}, which is no ID`, byId(id), 400),
  ),
  inData('self as a sourceId', operation('{ identityBySource(source: LEGACY, sourceId: "self") { id } }'), {
    identityBySource: null,
  }),
])

const represented = (representation: unknown): Buffer =>
  operation({
    query:
      'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Identity { email } ... on SitePartner { id } } }',
    variables: { r: [representation] },
  })
const lone = (name: string, representation: unknown): Attack =>
  inData(name, represented(representation), { _entities: [null] })

describeAttacks('representations', [
  lone('of no type', { id: 'legacy:1' }),
  lone('of a type that there is not', { __typename: PASSWORD, id: 'legacy:1' }),
  lone('of a type that is no entity', { __typename: 'PageInfo', id: 'legacy:1' }),
  // Whatever was sent was given back as the entity: a key of another type was an INTERNAL_SERVER_ERROR and two lines of the
  // log, for everybody to cause.
  lone('of a stub of another subgraph', { __typename: 'SitePartner', id: { a: PASSWORD } }),
  lone('of a stub of another subgraph, in good order', { __typename: 'SitePartnerNetwork', id: PASSWORD }),
  lone('of a type of JavaScript', { __typename: 'constructor', id: 'legacy:1' }),
  lone('of a type that is an object', { __typename: { toString: 'Identity' }, id: 'legacy:1' }),
  lone('without a key', { __typename: 'Identity' }),
  lone('with an object for a key', { __typename: 'Identity', id: { toString: 'legacy:1' } }),
  lone('with a list for a key', { __typename: 'Identity', id: ['legacy:1'] }),
  lone('with a key of another type', { __typename: 'Identity', id: 5 }),
  lone('with fields of their own and a bad key', {
    __typename: 'Identity',
    id: 'x',
    email: PASSWORD,
    status: 'ACTIVE',
  }),
  lone('that are text', 'Identity'),
  lone('that are a list', [{ __typename: 'Identity', id: 'legacy:1' }]),
  lone('of a holder without an address', { __typename: 'IdentityHolder' }),
  lone('of a holder with an object for an address', { __typename: 'IdentityHolder', email: { a: 1 } }),
  lone('of a holder with a whole book for an address', { __typename: 'IdentityHolder', email: 'x'.repeat(10_000) }),
  refused('null', represented(null), 400),
])

const page = (args: string, variables: object = {}): Buffer =>
  operation({ query: `query ($after: String) { identities(${args}) { nodes { id } } }`, variables })
const NO_PAGE = { identities: null }
const noPage = (name: string, bytes: Buffer, code?: string): Attack => inData(name, bytes, NO_PAGE, code)
const after = (cursor: string): Buffer => page('after: $after', { after: cursor })

describeAttacks('cursors and arguments', [
  ...[
    '',
    ' ',
    '.',
    'a.b',
    'null',
    'bnVsbA.AAAA',
    'eyJsZWdhY3kiOjB9.AAAAAAAAAAAAAAAAAAAAAA',
    'x'.repeat(10_000),
    '\u0000',
    LONE_SURROGATE,
    PASSWORD,
  ].map((cursor) => noPage(`the cursor ${JSON.stringify(cursor).slice(0, 40)}`, after(cursor))),
  noPage('a cursor in the query', operation(`{ identities(after: "${PASSWORD}") { nodes { id } } }`)),
  noPage('a negative size', operation('{ identities(first: -1) { nodes { id } } }')),
  noPage('a size too large', operation('{ identities(first: 2147483647) { nodes { id } } }')),
  refused(
    'a size that is no Int',
    operation('{ identities(first: 2147483648) { nodes { id } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ),
  inData('no address', operation('{ identityHolder(email: "") { email } }'), { identityHolder: null }),
  inData('a whole book for an address', operation(`{ identityHolder(email: "${'x'.repeat(10_000)}") { email } }`), {
    identityHolder: null,
  }),
])

// GraphQL finds these out only when it comes to the field. Each was an INTERNAL_SERVER_ERROR and two lines of the log.
describeAttacks('null for a variable that has a default', [
  inData(
    'in a place that needs an id',
    operation({ query: 'query ($i: ID = "legacy:1") { identity(id: $i) { id } }', variables: { i: null } }),
    { identity: null },
  ),
  inData(
    'in a part of an input',
    operation({
      query: `mutation ($i: ID = "${PASSWORD}") { deactivateIdentity(input: { id: $i }) { outcome } }`,
      variables: { i: null },
    }),
    { deactivateIdentity: null },
  ),
  inData(
    'in @skip',
    operation({
      query: 'query ($x: Boolean = false) { identitySources { source state @skip(if: $x) } }',
      variables: { x: null },
    }),
    { identitySources: null },
  ),
])
