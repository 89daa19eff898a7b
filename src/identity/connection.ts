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
  const edges = page.rows.map((row) => new Edge(row))
  return {
    edges,
    nodes: page.rows.map((row) => row.identity),
    pageInfo: new WalkedPageInfo(edges, page.more, resumed),
    totalCount: null,
    complete: page.complete,
    sources: page.sources,
  }
}

/** A class for the accessors' sake, see `src/README.md`. */
class WalkedPageInfo implements PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly #edges: readonly Edge[]

  constructor(edges: readonly Edge[], hasNextPage: boolean, hasPreviousPage: boolean) {
    this.#edges = edges
    this.hasNextPage = hasNextPage
    this.hasPreviousPage = hasPreviousPage
  }

  get startCursor(): string | null {
    return this.#edges.at(0)?.cursor ?? null
  }

  get endCursor(): string | null {
    return this.#edges.at(-1)?.cursor ?? null
  }
}

/** The first and the last cursor are asked for twice, and signed once. */
class Edge implements IdentityEdge {
  readonly node: Identity
  readonly #row: WalkedRow
  #cursor: string | undefined

  constructor(row: WalkedRow) {
    this.node = row.identity
    this.#row = row
  }

  get cursor(): string {
    return (this.#cursor ??= this.#row.cursor())
  }
}
