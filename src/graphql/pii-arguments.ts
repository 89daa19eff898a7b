import type { Caller } from './caller.ts'
import type { QueryIdentitiesArgs } from './generated.ts'
import type { Requirement } from './required-scopes.ts'
import { forbidden, isMet } from './scopes.ts'

const PII: Requirement = [['identity:read:pii']]

const PERSONAL_FILTERS = ['email', 'emailDomain', 'search'] as const
const PERSONAL_ORDERS: ReadonlySet<unknown> = new Set(['EMAIL', 'NAME'])

/**
 * Refuses to look for persons, or to line them up, to whom may not see who they are: a filter that finds an address tells
 * it, and so does an order. Directives cannot stand on arguments, so this alone is checked here.
 *
 * @throws PublicError FORBIDDEN.
 */
export function permitArguments<Args extends Partial<QueryIdentitiesArgs>>(args: Args, { scopes }: Caller): Args {
  if (!scopes || isMet(PII, scopes)) return args
  const personal = personalArguments(args)
  if (personal.length > 0) throw forbidden(personal.map((name) => `"${name}"`).join(', '), PII)
  return args
}

function personalArguments({ filter, orderBy }: Partial<QueryIdentitiesArgs>): string[] {
  const filters = PERSONAL_FILTERS.filter((name) => (filter?.[name] ?? undefined) !== undefined)
  const orders = PERSONAL_ORDERS.has(orderBy?.field) ? ['orderBy'] : []
  return [...filters.map((name) => `filter.${name}`), ...orders]
}
