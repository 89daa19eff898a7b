import type { ChangesArguments } from '../identity/change-cursor.ts'
import type { ChangePlace, IdentityChangeConnection, IdentityChangeEdge } from '../identity/identity-change.ts'
import type { ChangePage } from './store.ts'

export interface ChangeConnectionOptions {
  /** As the caller gave it. */
  readonly after: ChangesArguments['after']
  readonly toCursor: (place: ChangePlace) => string
  readonly latest: () => ChangePlace
}

/** A stretch of the log, from which one can always go on: of an empty one, `endCursor` is where it began. */
export function toChangeConnection(
  { behind, changes, more }: ChangePage,
  { after, toCursor, latest }: ChangeConnectionOptions,
): IdentityChangeConnection {
  const edges = changes.map(({ change, place }): IdentityChangeEdge => ({
    node: change,
    get cursor() {
      return toCursor(place)
    },
  }))
  return {
    edges,
    nodes: changes.map(({ change }) => change),
    pageInfo: {
      hasNextPage: more,
      hasPreviousPage: false,
      get startCursor() {
        return edges.at(0)?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? after ?? toCursor(behind)
      },
    },
    get latestCursor() {
      return toCursor(latest())
    },
  }
}
