import { bytesOf, type Wire } from './fault-proxy.ts'
import { runMatrix, type Fault } from './matrix.ts'
import { alteredJson, CANARY, instead, reset, silence } from './wires.ts'

const UNAVAILABLE = 'UPSTREAM_UNAVAILABLE'
const INVALID = 'UPSTREAM_INVALID_RESPONSE'

const NO_TOKEN = { get: '-', 'list L': '-', 'create L': '-', 'update L': '-' } as const
const atTokens = (name: string, wire: NonNullable<Fault['wire']>, expected: string): Fault => ({
  name: `token: ${name}`,
  place: 'token',
  wire,
  reads: expected,
  writes: expected === 'data' ? 'APPLIED' : expected,
  but: NO_TOKEN,
})
const lasting = (expires_in: unknown) => () => alteredJson((body) => ({ ...body, expires_in }))

const TOKENS: readonly Fault[] = [
  atTokens('401', () => instead(401), 'UPSTREAM_UNAUTHORIZED'),
  atTokens('403', () => instead(403), 'UPSTREAM_UNAUTHORIZED'),
  atTokens('429', () => instead(429), 'UPSTREAM_THROTTLED'),
  atTokens('500', () => instead(500), UNAVAILABLE),
  atTokens(
    'reset',
    () =>
      ({ socket }) =>
        reset(socket),
    UNAVAILABLE,
  ),
  atTokens('hang', () => silence, 'UPSTREAM_TIMEOUT'),
  atTokens('HTML', () => instead(200, `<p>${CANARY}</p>`, { 'content-type': 'text/html' }), INVALID),
  atTokens('none in it', () => instead(200, { token_type: 'Bearer' }), INVALID),
  atTokens('line break in it', () => instead(200, { access_token: 'a\r\nx-evil: 1', expires_in: 60 }), UNAVAILABLE),
  atTokens('a redirect', (trap) => instead(307, '', { location: `${trap}/oauth/token` }), INVALID),
  atTokens('lasts 0 s', lasting(0), INVALID),
  atTokens('lasts -1 s', lasting(-1), INVALID),
  atTokens('lasts "an hour"', lasting('an hour'), INVALID),
  atTokens('lasts for ever', lasting(1e300), 'data'),
]

/** Whatever page is asked for, the first comes. */
const firstPage: Wire = async ({ socket, answer, call }) =>
  void socket.write(
    bytesOf(await answer({ path: call.path.replace(/page=\d+/, 'page=1').replace(/&startingAfter=[^&]*/, '') })),
  )

const onlyLists = (name: string, wire: NonNullable<Fault['wire']>, expected: Fault['but']): Fault => ({
  name: `list: ${name}`,
  wire,
  reads: INVALID,
  writes: '-',
  but: { get: '-', ...expected },
})
const moreThanAsked: Wire = async ({ socket, answer, call }) =>
  void socket.write(bytesOf(await answer({ path: call.path.replace(/(count|limit)=\d+/, '$1=50') })))

/** What a list can do wrong; of these only lists are asked. */
const LISTS: readonly Fault[] = [
  onlyLists('the same page again and again', () => firstPage, {
    // Its second page begins in the first, so nothing is wrong with that.
    'list L': 'data',
    entities: 'data',
  }),
  onlyLists(
    'more promised, and nobody there',
    () => alteredJson((body) => (body.data ? { data: { hasMore: true, items: [] } } : { users: [null] })),
    {},
  ),
  onlyLists('more rows than were asked for', () => moreThanAsked, { 'list SP': 'data', entities: 'data' }),
  onlyLists(
    'text for "more"',
    () => alteredJson((body) => (body.data ? { data: { ...body.data, hasMore: 'yes' } } : { users: 'all' })),
    {},
  ),
]

runMatrix('tokens', TOKENS)
runMatrix('lists', LISTS)
