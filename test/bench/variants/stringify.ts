import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Shown } from '../people.ts'
import type { QueryName } from '../queries.ts'
import { memory } from './answers.ts'

/** No GraphQL: node:http, the request parsed, an object made by hand for each of the four queries, JSON.stringify. */
const server = createServer((request, response) => void serve(request, response))
server.listen(Number(process.env['PORT']), '127.0.0.1')

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { variables = {} } = JSON.parse((await readBody(request)) || '{}') as { variables?: any }
  const [query] = String(request.headers['bench-request']).split('/')
  const json = JSON.stringify({ data: answer(query as QueryName, variables) })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) })
  response.end(json)
}

function answer(query: QueryName, variables: any): unknown {
  switch (query) {
    case 'page': {
      const page = memory.page(variables.after)
      const edges = page?.edges.map(({ cursor, node }) => ({ cursor, node: eightFields(node) }))
      return { identities: { edges, pageInfo: page?.pageInfo } }
    }
    case 'entities': {
      return { _entities: variables.representations.map(({ id }: { id: string }) => sixFields(memory.identity(id))) }
    }
    case 'identity': {
      return { identity: eightFields(memory.identity(variables.id)) }
    }
    case 'holder': {
      const { email, identities } = memory.holder(variables.email)
      const shown = identities.map(({ id, source, displayName, status }) => ({ id, source, displayName, status }))
      return { identityHolder: { email, identities: shown } }
    }
    default:
      return undefined
  }
}

function eightFields(person: Shown | undefined): object | null {
  if (!person) return null
  const { id, source, email, displayName, status, role, createdAt, updatedAt } = person
  return { id, source, email, displayName, status, role, createdAt, updatedAt }
}

function sixFields(person: Shown | undefined): object | null {
  if (!person) return null
  const { id, email, firstName, lastName, status, role } = person
  return { id, email, firstName, lastName, status, role }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
