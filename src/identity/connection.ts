import type { Identity } from './identity.ts'
import type { SourceState } from './source-states.ts'

export interface IdentityEdge {
  readonly node: Identity
  readonly cursor: string
}

/** What has to be looked up is looked up only when it is asked for. */
export interface PageInfo {
  readonly hasNextPage: boolean | Promise<boolean>
  readonly hasPreviousPage: boolean | Promise<boolean>
  readonly startCursor: string | null
  readonly endCursor: string | null
}

/** One page of a walk, in the shape that the schema shows. */
export interface IdentityConnection {
  readonly edges: readonly IdentityEdge[]
  readonly nodes: readonly Identity[]
  readonly pageInfo: PageInfo
  readonly totalCount: number | null | Promise<number>
  readonly complete: boolean
  readonly sources: readonly SourceState[]
}

/** A row of a page with the means to make its cursor. Cursors are signed only when they are asked for. */
export interface WalkedRow {
  readonly identity: Identity
  cursor(): string
}

export interface WalkedPage {
  readonly rows: readonly WalkedRow[]
  readonly more: boolean
  readonly complete: boolean
  readonly sources: readonly SourceState[]
}

/** @param resumed whether the page was asked for behind a cursor, and so has something before it. */
export function toConnection(page: WalkedPage, resumed: boolean): IdentityConnection {
  const edges = page.rows.map(toEdge)
  return {
    edges,
    nodes: page.rows.map((row) => row.identity),
    pageInfo: {
      hasNextPage: page.more,
      hasPreviousPage: resumed,
      get startCursor() {
        return edges.at(0)?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
    totalCount: null,
    complete: page.complete,
    sources: page.sources,
  }
}

function toEdge(row: WalkedRow): IdentityEdge {
  return {
    node: row.identity,
    get cursor() {
      return row.cursor()
    },
  }
}
