import { badInput } from '../errors.ts'
import { ADDRESS_RULE, readAddress } from './email.ts'
import { SOURCES, type Identity, type IdentityHolder, type IdentitySource } from './identity.ts'
import type { SourceState } from './source-states.ts'

const MAX_EMAILS = 20_000
export const DEFAULT_AUDIT_LIMIT = 1_000
/** Half of the rows that one operation may ask for. */
export const MAX_AUDIT_LIMIT = 5_000
/** So many faulty places are named. */
const MAX_NAMED = 5

/** The input of `Query.identityAudit`, as GraphQL gives it. */
export interface AuditInput {
  readonly activeEmails: readonly string[]
  readonly sources?: readonly IdentitySource[] | null | undefined
  readonly limit?: number | null | undefined
}

/** What can be asked for; each costs something of its own. */
export const AUDIT_PARTS = [
  'orphanCount',
  'orphans',
  'withoutEmailCount',
  'withoutEmail',
  'missingCount',
  'missing',
  'inSeveralSourcesCount',
  'inSeveralSources',
] as const
export type AuditPart = (typeof AUDIT_PARTS)[number]

export interface AuditQuestion {
  /** Those that are named, in the order of SOURCES; undefined: all there are. */
  readonly sources: readonly IdentitySource[] | undefined
  /** Normalized, each once, in the order in which they were given first. */
  readonly emails: readonly string[]
  /** The same as they were given. */
  readonly spellings: readonly string[]
  /** How many of each list are given. */
  readonly limit: number
  readonly parts: ReadonlySet<AuditPart>
}

/** What an audit has found. Counts are whole, lists are cut; what was not asked for is not there. */
export interface IdentityAudit {
  /** Whether it can be relied on for every source that was asked about. */
  readonly complete: boolean
  /** Who came or went after this may not be in it. */
  readonly asOf: Date
  readonly sources: readonly SourceState[]
  readonly orphanCount?: number
  readonly orphans?: readonly Identity[]
  readonly withoutEmailCount?: number
  readonly withoutEmail?: readonly Identity[]
  readonly missingCount?: number
  readonly missing?: readonly string[]
  readonly inSeveralSourcesCount?: number
  readonly inSeveralSources?: readonly IdentityHolder[]
}

/**
 * @param names the fields that are selected.
 * @throws PublicError BAD_USER_INPUT, which repeats none of the addresses.
 */
export function toAuditQuestion(input: AuditInput, names: ReadonlySet<string>): AuditQuestion {
  const limit = input.limit ?? DEFAULT_AUDIT_LIMIT
  if (limit < 0 || limit > MAX_AUDIT_LIMIT) throw badInput(`"input.limit" is 0 to ${MAX_AUDIT_LIMIT}.`)
  const spellings = readEmails(input.activeEmails)
  return {
    sources: readSources(input.sources ?? undefined),
    emails: [...spellings.keys()],
    spellings: [...spellings.values()],
    limit,
    parts: new Set(AUDIT_PARTS.filter((part) => names.has(part))),
  }
}

function readSources(named: readonly IdentitySource[] | undefined): readonly IdentitySource[] | undefined {
  if (named?.length === 0) throw badInput('"input.sources" names at least one source; leave it out for all of them.')
  return named && SOURCES.filter((source) => named.includes(source))
}

/** Each address in its normalized form, with how it was spelt where it came first. */
function readEmails(given: readonly string[]): Map<string, string> {
  if (given.length > MAX_EMAILS) {
    throw badInput(`"input.activeEmails" holds ${MAX_EMAILS} addresses at most, and these are ${given.length}.`)
  }
  const spellings = new Map<string, string>()
  const faulty: number[] = []
  for (const [index, spelling] of given.entries()) {
    // What is kept has no halves of characters.
    const email = readAddress(spelling)?.toWellFormed()
    if (email === undefined) faulty.push(index)
    else if (!spellings.has(email)) spellings.set(email, spelling)
  }
  if (faulty.length > 0) throw badInput(`${namePlaces(faulty)}: ${ADDRESS_RULE}`)
  return spellings
}

function namePlaces(faulty: readonly number[]): string {
  const named = faulty.slice(0, MAX_NAMED).map((index) => `"input.activeEmails[${index}]"`)
  const others = faulty.length - named.length
  return others > 0 ? `${named.join(', ')} and ${others} more` : named.join(', ')
}
