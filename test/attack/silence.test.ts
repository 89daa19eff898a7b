import { describeAttacks, inData, PASSWORD, refused, type Attack } from './attack.ts'
import { operation } from './wire.ts'

const PARSE = 'GRAPHQL_PARSE_FAILED'
const INVALID = 'GRAPHQL_VALIDATION_FAILED'
/** As a name can be written. */
const NAME = PASSWORD.replaceAll('-', '_')
const QUOTED = `"${PASSWORD}"`
const invalid = (name: string, query: string): Attack => refused(name, operation(query), 400, INVALID)
const unparsable = (name: string, query: string): Attack => refused(name, operation(query), 400, PARSE)
const filter = 'query ($v: IdentityFilter) { identities(filter: $v) { nodes { id } } }'
const given = (name: string, v: unknown, query = filter): Attack =>
  refused(name, operation({ query, variables: { v } }), 400)

describeAttacks('a password in the document', [
  unparsable('that is cut off', `{ identity(id: ${QUOTED}`),
  unparsable('in a text without an end', `{ identity(id: "${PASSWORD}) { id } }`),
  unparsable('in a block without an end', `{ identity(id: """${PASSWORD}`),
  unparsable('in a text with a bad escape', String.raw`{ identity(id: "${PASSWORD}\q") { id } }`),
  unparsable('behind the end', `{ identitySources { source } } ${QUOTED}`),
  unparsable('as a word that does not belong there', `{ identitySources { source } } ${NAME}`),
  unparsable('as a number', `{ identity(id: 1${NAME}) { id } }`),
  unparsable('behind a sign that there is not', `{ identity(id: ^${PASSWORD}) { id } }`),
  invalid('for a number', `{ identities(first: ${QUOTED}) { nodes { id } } }`),
  invalid('for an enum', `{ identityBySource(source: ${QUOTED}, sourceId: "1") { id } }`),
  invalid('as the value of an enum', `{ identityBySource(source: ${NAME}, sourceId: "1") { id } }`),
  invalid('for a date', `{ identities(filter: { createdAfter: ${QUOTED} }) { nodes { id } } }`),
  invalid('for a Boolean', `{ identities(allowPartial: ${QUOTED}) { nodes { id } } }`),
  invalid('for an object', `{ identities(filter: ${QUOTED}) { nodes { id } } }`),
  invalid('within an object that is no ID', `{ identity(id: { a: ${QUOTED} }) { id } }`),
  invalid('within a list that is no ID', `{ identity(id: [${QUOTED}]) { id } }`),
  invalid('for an argument that there is not', `{ identity(id: "legacy:1", password: ${QUOTED}) { id } }`),
  invalid('for an input field that there is not', `{ identities(filter: { password: ${QUOTED} }) { nodes { id } } }`),
  invalid('beside a field that there is not', `{ identity(id: ${QUOTED}) { nonsense } }`),
  invalid('as a field', `{ ${NAME} }`),
  invalid('as a field of a type', `{ identity(id: "legacy:1") { ${NAME} } }`),
  invalid('as an argument', `{ identity(id: "legacy:1", ${NAME}: 1) { id } }`),
  invalid('as an input field', `{ identities(filter: { ${NAME}: 1 }) { nodes { id } } }`),
  invalid('as a directive', `{ __typename @${NAME} }`),
  invalid('in a directive', `{ __typename @include(if: ${QUOTED}) }`),
  invalid('in a directive that there is not', `{ __typename @log(text: ${QUOTED}) }`),
  invalid('as a type', `query ($a: ${NAME}) { identity(id: $a) { id } }`),
  invalid('as a variable nobody uses', `query ($${NAME}: ID) { __typename }`),
  invalid('as a variable that is not declared', `{ identity(id: $${NAME}) { id } }`),
  invalid('as a fragment that there is not', `{ ...${NAME} }`),
  invalid('as the type of a fragment', `{ ... on ${NAME} { id } }`),
  invalid('as an alias that conflicts', `{ ${NAME}: __typename ${NAME}: identity(id: "legacy:1") { id } }`),
  invalid("as a variable's default", `query ($a: Int = ${QUOTED}) { identities(first: $a) { nodes { id } } }`),
  invalid('as two operations of one name', `query ${NAME} { __typename } query ${NAME} { __typename }`),
  invalid(
    'in a message that speaks like ours',
    `{ identities(first: "x. Did you mean \\"${PASSWORD}\\"?") { nodes { id } } }`,
  ),
  inData('as an id', operation(`{ identity(id: ${QUOTED}) { id } }`), { identity: null }),
  inData('as a cursor', operation(`{ identities(after: ${QUOTED}) { complete } }`), { identities: null }),
])

describeAttacks('a password beside the document', [
  given('in a field of the wrong type', { role: 5, email: PASSWORD }),
  given('in a field that there is not', { password: PASSWORD }),
  given('as a field that there is not', { [PASSWORD]: 1 }),
  given('as a key that looks like a place', { [`x at "v.${NAME}"`]: 1 }),
  given('for an object', PASSWORD),
  given('in an object for a text', { email: { a: PASSWORD } }),
  given('in a list for a text', { email: [PASSWORD] }),
  given('in an enum within a list', { status: ['ACTIVE', PASSWORD] }),
  given('for a date', { createdAfter: PASSWORD }),
  given('beside a null that may not be', null, 'query ($v: ID!) { identity(id: $v) { id } }'),
  given('for an ID that is an object', { a: PASSWORD }, 'query ($v: ID!) { identity(id: $v) { id } }'),
  given(
    'under a telling name',
    PASSWORD,
    `query ($v: Int, $${NAME}: Int = 1) { a: identities(first: $v) { complete } b: identities(first: $${NAME}) { complete } }`,
  ),
  refused(
    'as the name of the operation',
    operation({ query: 'query A { __typename }', operationName: PASSWORD }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ),
  refused(
    'as the hash of a persisted query',
    operation({ extensions: { persistedQuery: { version: 1, sha256Hash: PASSWORD } } }),
    200,
    'PERSISTED_QUERY_NOT_SUPPORTED',
  ),
  refused(
    'in extensions that are none',
    operation({ query: '{ __typename }', extensions: [PASSWORD] }),
    400,
    'BAD_REQUEST',
  ),
  {
    name: 'in extensions',
    bytes: operation({ query: '{ __typename }', extensions: { a: PASSWORD } }),
    status: 200,
    data: { __typename: 'Query' },
  },
  {
    name: 'in a variable nobody asked for',
    bytes: operation({ query: '{ __typename }', variables: { password: PASSWORD } }),
    status: 200,
    data: { __typename: 'Query' },
  },
])
