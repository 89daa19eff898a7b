import { expect } from 'vitest'
import type { Subgraph } from './subgraph.ts'

const QUERY = `query ($first: Int, $after: String) {
  identityChanges(first: $first, after: $after) {
    edges { cursor node { kind source sourceId identityId observedAt fields identity { id status firstName } } }
    nodes { identityId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    latestCursor
  }
}`

export interface ChangesAsked {
  readonly first?: number
  readonly after?: string | null
}

/** A page of the log as it comes over the wire. */
export async function askChanges({ ask }: Subgraph, asked: ChangesAsked = {}, headers = {}): Promise<any> {
  const { data, errors } = await ask(QUERY, { ...asked }, headers)
  expect(errors).toBeUndefined()
  const page = data.identityChanges
  expect(page.nodes.map(({ identityId }: any) => identityId)).toEqual(
    page.edges.map(({ node }: any) => node.identityId),
  )
  return page
}

/** Why it cannot be had. */
export async function refusalOf({ ask }: Subgraph, asked: ChangesAsked = {}, headers = {}): Promise<any> {
  const { data, errors } = await ask(QUERY, { ...asked }, headers)
  expect(data?.identityChanges ?? null).toBeNull()
  return { ...errors?.[0]?.extensions, message: errors?.[0]?.message }
}

/** A consumer who keeps a cursor and asks for what came since. */
export class Follower {
  readonly #subgraph: Subgraph
  cursor: string | null = null

  constructor(subgraph: Subgraph, cursor: string | null = null) {
    this.#subgraph = subgraph
    this.cursor = cursor
  }

  /** All that came since, each as `id KIND fields`; without `updatedAt`, which need not move within a second. */
  async next(first = 3): Promise<string[]> {
    const found: string[] = []
    for (;;) {
      const { edges, pageInfo } = await askChanges(this.#subgraph, { first, after: this.cursor })
      found.push(
        ...edges.map(({ node }: any) =>
          [node.identityId, node.kind, ...node.fields.filter((field: string) => field !== 'updatedAt')].join(' '),
        ),
      )
      this.cursor = pageInfo.endCursor
      if (!pageInfo.hasNextPage) return found
    }
  }
}
