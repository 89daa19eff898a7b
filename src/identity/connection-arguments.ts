import { badInput, needsDirectory } from '../errors.ts'
import { fingerprint } from './cursor.ts'
import { SOURCES, type IdentitySource } from './identity.ts'

const DEFAULT_FIRST = 25
const MAX_FIRST = 500

/** The arguments of `Query.identities`, as GraphQL gives them. */
export interface ConnectionArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
  readonly filter?:
    | (Readonly<Record<string, unknown>> & { readonly source?: IdentitySource | null | undefined })
    | null
    | undefined
  readonly orderBy?: object | null | undefined
  readonly allowPartial?: boolean | null | undefined
}

/** What a live walk is asked to do. */
export interface LiveWalkQuestion {
  readonly first: number
  readonly after: string | undefined
  readonly sources: readonly IdentitySource[]
  readonly allowPartial: boolean
  /** Fingerprint of filter and order, which binds cursors to them. */
  readonly fingerprint: string
}

/**
 * @throws PublicError BAD_USER_INPUT for an argument that makes no sense, NOT_SUPPORTED for one that makes sense but
 * cannot be answered without the synced directory.
 */
export function toLiveWalk(args: ConnectionArguments): LiveWalkQuestion {
  const first = args.first ?? DEFAULT_FIRST
  if (first < 0 || first > MAX_FIRST) throw badInput(`"first" is 0 to ${MAX_FIRST}.`)
  if (args.last !== undefined && args.last !== null && args.last < 0) throw badInput('"last" is not negative.')
  refuseWithoutDirectory(args)
  return {
    first,
    after: args.after ?? undefined,
    sources: args.filter?.source ? [args.filter.source] : SOURCES,
    allowPartial: args.allowPartial ?? false,
    fingerprint: fingerprint({ source: args.filter?.source }),
  }
}

function refuseWithoutDirectory(args: ConnectionArguments): void {
  const given = [
    ...(['last', 'before', 'orderBy'] as const).filter((name) => isGiven(args[name])),
    ...Object.entries(args.filter ?? {})
      .filter(([name, value]) => name !== 'source' && isGiven(value))
      .map(([name]) => `filter.${name}`),
  ]
  if (given.length === 0) return
  const names = given.map((name) => `"${name}"`).join(', ')
  throw needsDirectory(names)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
