import { describeAttacks, refused } from './attack.ts'
import { operation, request, SECRET } from './wire.ts'

const QUERY = '{ identities(first: 1) { nodes { id } } }'
const NAME = 'router-authorization'
const secret = (value: string | undefined): Buffer => operation(QUERY, { headers: { [NAME]: value } })
const denied = (name: string, bytes: Buffer) => refused(name, bytes, 401, 'UNAUTHENTICATED')

describeAttacks('without the secret', [
  denied('none', secret(undefined)),
  denied('an empty one', secret('')),
  denied('another', secret('another-secret')),
  denied('a part of it', secret(SECRET.slice(0, -1))),
  denied('it and more', secret(`${SECRET}0`)),
  denied('it in capitals', secret(SECRET.toUpperCase())),
  denied('it twice in one header', secret(`${SECRET},${SECRET}`)),
  denied('it in two headers', operation(QUERY, { lines: `${NAME}: ${SECRET}\r\n` })),
  denied('another before it', operation(QUERY, { headers: { [NAME]: 'x' }, lines: `${NAME}: ${SECRET}\r\n` })),
  denied('as a bearer token', operation(QUERY, { headers: { [NAME]: undefined, authorization: `Bearer ${SECRET}` } })),
  denied('as a cookie', operation(QUERY, { headers: { [NAME]: undefined, cookie: `${NAME}=${SECRET}` } })),
  denied(
    'in the URL',
    operation(QUERY, { line: `POST /graphql?${NAME}=${SECRET} HTTP/1.1`, headers: { [NAME]: undefined } }),
  ),
  denied(
    'in the body',
    operation({ query: QUERY, extensions: { [NAME]: SECRET } }, { headers: { [NAME]: undefined } }),
  ),
  denied(
    'from one who says to be this machine',
    operation(QUERY, { headers: { [NAME]: undefined, 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' } }),
  ),
  denied('for the schema', operation('{ _service { sdl } }', { headers: { [NAME]: undefined } })),
  denied('for introspection', operation('{ __schema { types { name } } }', { headers: { [NAME]: undefined } })),
  denied('with a body that is no JSON', request('{', { headers: { [NAME]: undefined } })),
  denied('with a body of another type', request('x', { headers: { [NAME]: undefined, 'content-type': 'text/plain' } })),
  denied('with more than 2 MB', request('#'.repeat(2 ** 22), { headers: { [NAME]: undefined } })),
  denied(
    'with more than 2 MB promised, and none sent',
    request('', { headers: { [NAME]: undefined, 'content-length': '99999999' } }),
  ),
])
