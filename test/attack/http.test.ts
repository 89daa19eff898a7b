import { gzipSync } from 'node:zlib'
import { describeAttacks, PASSWORD, refused, type Attack } from './attack.ts'
import { operation, request } from './wire.ts'

const GOOD = { query: '{ __typename }' }
const BODY = JSON.stringify(GOOD)
const SERVED: Pick<Attack, 'status' | 'data'> = { status: 200, data: { __typename: 'Query' } }
const inChunks = { 'content-length': undefined, 'transfer-encoding': 'chunked' }
const chunked = (chunks: string): Buffer => request(chunks, { headers: inChunks })
const line = (text: string): Buffer => operation(GOOD, { line: text })
const headers = (given: Record<string, string | undefined>): Buffer => operation(GOOD, { headers: given })
const typed = (type: string | undefined, body = BODY): Buffer => request(body, { headers: { 'content-type': type } })
const TWO_MB = 2 * 1024 * 1024

describeAttacks('the request line', [
  refused('a method that there is not', line(`${PASSWORD.replaceAll('-', '')} /graphql HTTP/1.1`), 400),
  ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => refused(method, line(`${method} /graphql HTTP/1.1`), 405)),
  refused('GET with a query', line(`GET /graphql?query=%7B__typename%7D&x=${PASSWORD} HTTP/1.1`), 405),
  refused('GET with a mutation', line('GET /graphql?query=mutation%20%7B__typename%7D HTTP/1.1'), 405),
  refused('TRACE, which would repeat our headers', line('TRACE /graphql HTTP/1.1'), 404),
  refused('CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n`, 405),
  refused('another path', line(`POST /${PASSWORD} HTTP/1.1`), 404),
  refused('a path in other letter case', line('POST /GraphQL HTTP/1.1'), 404),
  refused('two slashes', line('POST //graphql HTTP/1.1'), 404),
  refused('a way around', line('POST /x/../graphql HTTP/1.1'), 404),
  refused('a path that cannot be decoded', line(`POST /%zz${PASSWORD} HTTP/1.1`), 400),
  refused('bytes that are no text in the path', line('POST /graphql%ff HTTP/1.1'), 400),
  refused('an absolute URL', line('POST http://evil.example/graphql HTTP/1.1'), 400),
  refused('a long URL', line(`POST /graphql?${PASSWORD.repeat(300)} HTTP/1.1`), 414),
  refused(
    'HTTP/1.0 without a host',
    operation(GOOD, { line: 'POST /graphql HTTP/1.0', headers: { host: undefined } }),
    400,
  ),
  refused('HTTP/2 without being asked', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400),
  refused('a version that there is not', line('POST /graphql HTTP/9.9'), 400),
  refused('TLS', Buffer.from('16030100f1010000ed0303', 'hex'), 400),
  refused('no HTTP at all', `${PASSWORD}\r\n\r\n`, 400),
])

describeAttacks('headers', [
  refused('no host', headers({ host: undefined }), 400),
  refused('an empty host', headers({ host: '' }), 400),
  refused('a host that is none', headers({ host: 'a b[' }), 400),
  refused('a host that is none, once more', headers({ host: 'a b[' }), 400),
  refused('two hosts', operation(GOOD, { lines: 'Host: evil.example\r\n' }), 400),
  refused('more than 16 kB', headers({ 'x-large': PASSWORD.repeat(1_500) }), 431),
  refused('thousands of them', operation(GOOD, { lines: 'x: 1\r\n'.repeat(4_000) }), 431),
  refused('a carriage return within', headers({ 'x-a': `a\r${PASSWORD}` }), 400),
  refused('a NUL within', headers({ 'x-a': 'a\0b' }), 400),
  refused('a header without a name', operation(GOOD, { lines: `: ${PASSWORD}\r\n` }), 400),
  refused('a space before the colon', operation(GOOD, { lines: 'content-length : 5\r\n' }), 400),
  refused('a line that is folded', operation(GOOD, { lines: `x-a: 1\r\n ${PASSWORD}\r\n` }), 400),
  refused('an expectation', headers({ expect: PASSWORD }), 417),
  {
    name: 'a request id with a line break, encoded',
    bytes: headers({ 'x-request-id': `a%0d%0a${PASSWORD}` }),
    ...SERVED,
  },
  { name: 'a method to use instead', bytes: headers({ 'x-http-method-override': 'DELETE' }), ...SERVED },
  { name: 'an upgrade', bytes: headers({ connection: 'upgrade, close', upgrade: 'websocket' }), ...SERVED },
  { name: 'a trace to be told', bytes: headers({ 'apollo-federation-include-trace': 'ftv1' }), ...SERVED },
  { name: 'an origin of its own', bytes: headers({ origin: 'https://evil.example' }), ...SERVED },
])

describeAttacks('the length of the body', [
  refused('two lengths', operation(GOOD, { lines: 'content-length: 5\r\n' }), 400),
  refused('a length and chunks', operation(GOOD, { lines: 'transfer-encoding: chunked\r\n' }), 400),
  refused(
    'chunks and something else',
    request('0\r\n\r\n', { headers: { ...inChunks, 'transfer-encoding': 'chunked, gzip' } }),
    400,
  ),
  refused('a negative length', headers({ 'content-length': '-1' }), 400),
  refused('a length that is no number', headers({ 'content-length': PASSWORD }), 400),
  refused('chunks of garbage', chunked(`zz\r\n${PASSWORD}\r\n`), 400),
  refused('a chunk longer than it says', chunked(`1\r\n${BODY}\r\n0\r\n\r\n`), 400),
  refused('a chunk of more than there can be', chunked('ffffffffffffffffff\r\nx'), 400),
  refused('more than 2 MB', request(`{"query":"${'#'.repeat(TWO_MB)}"}`), 413),
  refused(
    'more than 2 MB in chunks',
    chunked(`${(TWO_MB + 1).toString(16)}\r\n${'#'.repeat(TWO_MB + 1)}\r\n0\r\n\r\n`),
    413,
  ),
  refused('more than 2 MB promised', headers({ 'content-length': '99999999999' }), 413),
  refused('no body', request('', { headers: { 'content-length': '0' } }), 400),
])

describeAttacks('the form of the body', [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'text/json',
    'application/jsonx',
    `${PASSWORD}/x`,
  ].map((type) => refused(`JSON called ${type === `${PASSWORD}/x` ? 'something' : type}`, typed(type), 415)),
  refused('no content type', typed(undefined), 415),
  refused('a form', typed('application/x-www-form-urlencoded', `query={__typename}&x=${PASSWORD}`), 415),
  refused('a body called gzip', headers({ 'content-encoding': 'gzip' }), 415),
  refused('a body in gzip, without a word', request(gzipSync(BODY)), 400),
  refused(
    'a body that grows when unpacked',
    request(gzipSync('0'.repeat(10_000_000)), { headers: { 'content-encoding': 'gzip' } }),
    415,
  ),
  refused('JSON that is cut off', request(`{"query":"${PASSWORD}`), 400),
  refused('JSON and more', request(`${BODY}${PASSWORD}`), 400),
  refused('bytes that are no text', request(Buffer.from([0xff, 0xfe, 0x7b])), 400),
  refused('a batch', request(`[${BODY},${BODY}]`), 400, 'BAD_REQUEST'),
  refused('an empty batch', request('[]'), 400, 'BAD_REQUEST'),
  refused('a text', request(JSON.stringify(PASSWORD)), 400, 'BAD_REQUEST'),
  refused('null', request('null'), 400, 'BAD_REQUEST'),
  refused('a prototype', request(`{"query":"{__typename}","__proto__":{"x":"${PASSWORD}"}}`), 400),
  refused(
    'a prototype in the variables',
    request(`{"query":"{__typename}","variables":{"__proto__":{"x":"${PASSWORD}"}}}`),
    400,
  ),
  refused("a constructor's prototype", request(`{"query":"{__typename}","constructor":{"prototype":{"x":1}}}`), 400),
  refused('brackets within brackets', request(`{"query":${'['.repeat(100_000)}`), 400),
  refused(
    'deep variables',
    request(`{"query":"{__typename}","variables":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
    400,
    'BAD_REQUEST',
  ),
  refused('a query that is an object', request(`{"query":{"x":"${PASSWORD}"}}`), 400, 'BAD_REQUEST'),
  refused('variables as text', request(`{"query":"{__typename}","variables":"${PASSWORD}"}`), 400, 'BAD_REQUEST'),
  refused('extensions as text', request(`{"query":"{__typename}","extensions":"${PASSWORD}"}`), 400, 'BAD_REQUEST'),
  refused('no query', request(`{"x":"${PASSWORD}"}`), 400, 'BAD_REQUEST'),
  {
    name: 'two queries, of which the last counts',
    bytes: request(`{"query":"{ ${PASSWORD} }","query":"{ __typename }"}`),
    ...SERVED,
  },
  {
    name: 'the same key in other letters',
    bytes: request(`{"query":"{ __typename }","Query":"{ ${PASSWORD} }"}`),
    ...SERVED,
  },
])
