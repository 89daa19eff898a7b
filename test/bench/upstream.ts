import { createServer, type ServerResponse } from 'node:http'
import { answerParent } from './channel.ts'
import { legacyIndex, legacyRow, sitePartnerIndex, sitePartnerRow } from './people.ts'

/**
 * Both upstream APIs on one port, as fast as node:http goes: no credentials are checked and only calls are counted. The
 * simulator checks, records and can break, which takes more CPU than what is to be measured here.
 *
 * Environment: PORT, PEOPLE (in each source).
 */
const people = Number(process.env['PEOPLE'])
/** Beyond this many people the pages are made anew for each call. */
const MAX_KEPT = 10_000
const kept = new Map<string, string>()
let latencyMs = 0
let calls = 0

const server = createServer((request, response) => {
  const path = request.url ?? '/'
  // Tokens are kept for a day, so they are no calls of a request; and who asks for `/` looks whether this listens.
  if (path === '/oauth/token') return send(response, '{"access_token":"bench","expires_in":86400}')
  if (path === '/') return send(response, '{}')
  calls++
  const body = bodyOf(path)
  if (latencyMs === 0) send(response, body)
  else setTimeout(send, latencyMs, response, body)
})

function bodyOf(path: string): string | undefined {
  const known = kept.get(path)
  if (known !== undefined) return known
  const body = makeBody(path)
  if (people <= MAX_KEPT && body !== undefined) kept.set(path, body)
  return body
}

function makeBody(path: string): string | undefined {
  const url = new URL(path, 'http://upstream')
  const number = (name: string): number => Number(url.searchParams.get(name))
  if (url.pathname === '/user') {
    const users = rows((number('page') - 1) * number('count'), number('count'), legacyRow)
    return JSON.stringify({ users, count: users.length })
  }
  if (url.pathname.startsWith('/user/')) {
    const index = legacyIndex(url.pathname.slice('/user/'.length))
    return index === undefined || index >= people ? undefined : JSON.stringify({ user: legacyRow(index) })
  }
  const after = url.searchParams.get('startingAfter')
  const last = after === null ? -1 : sitePartnerIndex(after)
  if (url.pathname !== '/asset-management/v1/site-partner-users' || last === undefined) return undefined
  const items = rows(last + 1, number('limit'), sitePartnerRow)
  return JSON.stringify({ data: { hasMore: last + 1 + items.length < people, items } })
}

function rows<Row>(start: number, count: number, row: (index: number) => Row): Row[] {
  return Array.from({ length: Math.max(0, Math.min(count, people - start)) }, (_, index) => row(start + index))
}

function send(response: ServerResponse, body: string | undefined): void {
  const json = body ?? '{"error":{"message":"Not Found","type":"404"}}'
  response.writeHead(body === undefined ? 404 : 200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  })
  response.end(json)
}

answerParent({
  latency: (ms: number) => void (latencyMs = ms),
  calls: () => calls,
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env['PORT']), '127.0.0.1')
