import { isDeepStrictEqual } from 'node:util'
import { headersOf, postGraphql } from './graphql-client.ts'
import type { LoadRequest } from './load.ts'
import type { Query } from './queries.ts'

/**
 * Asks every request once and compares the answer. Pages are walked, since each server has cursors of its own.
 *
 * @returns the requests, to be asked again for time. Rejects at the first answer that is not what it should be.
 */
export async function verifiedRequests(origin: string, query: Query): Promise<LoadRequest[]> {
  const requests: LoadRequest[] = []
  let cursor: string | null = null
  for (let index = 0; index < query.count; index++) {
    const name = `${query.name}/${index}`
    const body = JSON.stringify({ query: query.document(index), variables: query.variables(index, cursor) })
    requests.push({ headers: headersOf(name), body })
    const answer = await postGraphql(origin, name, body)
    if (answer.errors) throw new Error(`${name}: ${answer.errors[0]?.message}`)
    if (!isDeepStrictEqual(withoutCursors(answer.data), withoutCursors(query.expected(index)))) {
      throw new Error(`${name}: another answer than expected: ${JSON.stringify(answer.data).slice(0, 300)}`)
    }
    cursor = answer.data.identities?.pageInfo.endCursor ?? null
  }
  return requests
}

/** Of cursors only this is compared: that every edge has one, and which of them the page names as its first and last. */
function withoutCursors(data: any): unknown {
  if (!data?.identities) return data
  const { edges, pageInfo } = data.identities
  return {
    nodes: edges.map((edge: any) => edge.node),
    haveCursors: edges.every((edge: any) => typeof edge.cursor === 'string' && edge.cursor !== ''),
    distinct: new Set(edges.map((edge: any) => edge.cursor)).size,
    startFits: pageInfo.startCursor === edges.at(0)?.cursor,
    endFits: pageInfo.endCursor === edges.at(-1)?.cursor,
    hasNextPage: pageInfo.hasNextPage,
    hasPreviousPage: pageInfo.hasPreviousPage,
  }
}
