import { describeAttacks, PASSWORD, refused, type Attack } from './attack.ts'
import { operation } from './wire.ts'

const PARSE = 'GRAPHQL_PARSE_FAILED'
const INVALID = 'GRAPHQL_VALIDATION_FAILED'
const SECRET = `"${PASSWORD}"`
const NAME = PASSWORD.replaceAll('-', '_')
const RIGHT = 'email: "new@example.com", firstName: "New", lastName: "Comer"'

const provision = (input: string, below = '{ outcome }'): string =>
  `mutation { provisionLegacyIdentity(input: { ${input} }) ${below} }`
const invalid = (name: string, query: string): Attack => refused(name, operation(query), 400, INVALID)

describeAttacks('a password in a mutation that is malformed', [
  refused(
    'cut off',
    operation(`mutation { provisionLegacyIdentity(input: { ${RIGHT}, password: ${SECRET}`),
    400,
    PARSE,
  ),
  refused('in a text without an end', operation(provision(`${RIGHT}, password: "${PASSWORD}`)), 400, PARSE),
  refused('without a colon', operation(provision(`${RIGHT}, password ${SECRET}`)), 400, PARSE),
  invalid('beside a field that there is not', provision(`${RIGHT}, password: ${SECRET}, passwd: 1`)),
  invalid('in a field that there is not', provision(`${RIGHT}, passwd: ${SECRET}`)),
  invalid('as a field that there is not', provision(`${RIGHT}, ${NAME}: 1`)),
  invalid('as an enum', provision(`${RIGHT}, password: ${NAME}`)),
  invalid('in an object', provision(`${RIGHT}, password: { plain: ${SECRET} }`)),
  invalid('in a list', provision(`${RIGHT}, password: [${SECRET}]`)),
  invalid('beside a value of the wrong type', provision(`${RIGHT}, password: ${SECRET}, role: 5`)),
  invalid('without the fields that must be there', provision(`password: ${SECRET}`)),
  invalid('twice', provision(`${RIGHT}, password: ${SECRET}, password: ${SECRET}`)),
  invalid('as the input', `mutation { provisionLegacyIdentity(input: ${SECRET}) { outcome } }`),
  invalid(
    'as an argument of its own',
    `mutation { provisionLegacyIdentity(input: { ${RIGHT} }, password: ${SECRET}) { outcome } }`,
  ),
  invalid('in a mutation that there is not', `mutation { setPassword(password: ${SECRET}) { ok } }`),
  invalid(
    'in another mutation',
    `mutation { deactivateIdentity(input: { id: "legacy:1", password: ${SECRET} }) { outcome } }`,
  ),
  invalid('asked back', provision(`${RIGHT}, password: ${SECRET}`, '{ outcome password }')),
  invalid('without anything asked for', provision(`${RIGHT}, password: ${SECRET}`, '')),
  invalid('under a directive that there is not', provision(`${RIGHT}, password: ${SECRET}`, '{ outcome @log }')),
  invalid(
    'in a mutation that is asked as a query',
    `{ provisionLegacyIdentity(input: { ${RIGHT}, password: ${SECRET} }) { outcome } }`,
  ),
])

const given = (name: string, input: unknown): Attack =>
  refused(
    name,
    operation({
      query: 'mutation ($input: ProvisionLegacyIdentityInput!) { provisionLegacyIdentity(input: $input) { outcome } }',
      variables: { input },
    }),
    400,
  )
const FIELDS = { email: 'new@example.com', firstName: 'New', lastName: 'Comer' }

describeAttacks('a password in variables that do not fit', [
  given('beside a field that there is not', { ...FIELDS, password: PASSWORD, passwd: 1 }),
  given('in a field that there is not', { ...FIELDS, passwd: PASSWORD }),
  given('as a field that there is not', { ...FIELDS, [PASSWORD]: 1 }),
  given('in an object', { ...FIELDS, password: { plain: PASSWORD } }),
  given('in a list', { ...FIELDS, password: [PASSWORD] }),
  given('beside a value of the wrong type', { ...FIELDS, password: PASSWORD, role: 5 }),
  given('without the fields that must be there', { password: PASSWORD }),
  given('as the whole', PASSWORD),
  given('in a list of inputs', [{ ...FIELDS, password: PASSWORD }, 5]),
])

describeAttacks('too much of a mutation', [
  refused(
    '31 at once',
    operation(
      `mutation { ${Array.from({ length: 31 }, (_, i) => `a${i}: deactivateIdentity(input: { id: "legacy:${i}" }) { outcome }`).join(' ')} }`,
    ),
    400,
  ),
  refused(
    'by GET',
    operation('', {
      line: 'GET /graphql?query=mutation%7BdeactivateIdentity(input:%7Bid:%22legacy:1%22%7D)%7Boutcome%7D%7D HTTP/1.1',
    }),
    405,
  ),
  refused('in a batch', operation([{ query: provision(RIGHT) }, { query: provision(RIGHT) }]), 400, 'BAD_REQUEST'),
])
