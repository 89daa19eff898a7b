import type { ChangesArguments } from '../identity/change-cursor.ts'
import type { PageInfo } from '../identity/connection.ts'
import type {
  ChangePlace,
  IdentityChange,
  IdentityChangeConnection,
  IdentityChangeEdge,
} from '../identity/identity-change.ts'
import type { ChangePage } from './store/store.ts'

export interface ChangeConnectionOptions {
  /** As the caller gave it. */
  readonly after: ChangesArguments['after']
  readonly toCursor: (place: ChangePlace) => string
  readonly latest: () => ChangePlace
}

/**
 * A stretch of the log, from which one can always go on: of an empty one, `endCursor` is where it began. Most polls find
 * nothing and ask for little of this, so nothing is made before it is asked for.
 */
export class ChangeConnection implements IdentityChangeConnection {
  readonly edges: readonly IdentityChangeEdge[]
  readonly #page: ChangePage
  readonly #options: ChangeConnectionOptions

  constructor(page: ChangePage, options: ChangeConnectionOptions) {
    this.#page = page
    this.#options = options
    this.edges = page.changes.map((entry) => new Edge(entry, options))
  }

  get nodes(): readonly IdentityChange[] {
    return this.#page.changes.map(({ change }) => change)
  }

  get pageInfo(): PageInfo {
    const { after, toCursor } = this.#options
    return {
      hasNextPage: this.#page.more,
      hasPreviousPage: false,
      startCursor: this.edges.at(0)?.cursor ?? null,
      endCursor: this.edges.at(-1)?.cursor ?? after ?? toCursor(this.#page.behind),
    }
  }

  get latestCursor(): string {
    return this.#options.toCursor(this.#options.latest())
  }
}

class Edge implements IdentityChangeEdge {
  readonly node: IdentityChange
  readonly #place: ChangePlace
  readonly #options: ChangeConnectionOptions

  constructor({ change, place }: ChangePage['changes'][number], options: ChangeConnectionOptions) {
    this.node = change
    this.#place = place
    this.#options = options
  }

  get cursor(): string {
    return this.#options.toCursor(this.#place)
  }
}
