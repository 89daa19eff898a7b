import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { Simulator } from './simulator.ts'

/** What came back, for the simulator's own tests. */
export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The parsed body; loose on purpose, the tests look at its shape. */
  json: any
}

export interface Call {
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

/** One request over a socket of its own, path sent as it is. Rejects when the answer does not end properly. */
export function send(base: string, path: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Reply> {
  const { hostname, port } = new URL(base)
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const type = payload === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method, headers: { ...type, ...headers }, agent: false }
    const outgoing = request(options, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = /^[{[]/.test(text)
        const json: unknown = isJson ? JSON.parse(text) : undefined
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

export const USERS = '/asset-management/v1/site-partner-users'

export interface WireClient {
  /** To the legacy upstream, with good keys. */
  legacy(path: string, call?: Call): Promise<Reply>
  /** To the site partner upstream, with a fresh token unless one is given. */
  sitePartner(path: string, call?: Call, bearer?: string): Promise<Reply>
  askToken(body: unknown, headers?: Record<string, string>): Promise<Reply>
  token(): Promise<string>
  /** The fields of a good token request, but for these. */
  credentials(changes?: Record<string, string>): Record<string, string>
}

/** Speaks to both upstreams as a careful client would. */
export function createWireClient(simulator: Simulator): WireClient {
  const { environment } = simulator
  const keys = {
    'X-Application-Key': environment['LEGACY_APPLICATION_KEY'] ?? '',
    'X-User-Api-Key': environment['LEGACY_USER_API_KEY'] ?? '',
  }
  const client: WireClient = {
    legacy: (path, call = {}) => send(simulator.legacy.url, path, { ...call, headers: { ...keys, ...call.headers } }),
    credentials: (changes = {}) => ({
      grant_type: 'client_credentials',
      client_id: environment['SITE_PARTNER_CLIENT_ID'] ?? '',
      client_secret: environment['SITE_PARTNER_CLIENT_SECRET'] ?? '',
      audience: environment['SITE_PARTNER_AUDIENCE'] ?? '',
      ...changes,
    }),
    askToken: (body, headers = {}) =>
      send(simulator.sitePartner.url, '/oauth/token', { method: 'POST', body, headers }),
    token: async () => (await client.askToken(client.credentials())).json.access_token,
    async sitePartner(path, call = {}, bearer) {
      const authorization = `Bearer ${bearer ?? (await client.token())}`
      return send(simulator.sitePartner.url, path, { ...call, headers: { authorization } })
    },
  }
  return client
}
