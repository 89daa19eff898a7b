import { badInput } from '../errors.ts'
import type { ConnectionArguments } from '../identity/connection-arguments.ts'
import { fingerprint, malformedCursor, foreignCursor, type CursorKeys } from '../identity/cursor.ts'
import { decodeDirectoryCursor, isDirectoryCursor, type DirectoryPosition } from '../identity/directory-cursor.ts'
import { requireEmail } from '../identity/email.ts'
import { SOURCES, type CarriedField, type IdentitySource } from '../identity/identity.ts'
import type { DirectoryFilter, DirectoryOrder, DirectoryOrderField, DirectoryPageQuestion } from './store/store.ts'
import { searchWords } from './store/words.ts'

const DEFAULT_COUNT = 25
const MAX_COUNT = 500
/** Each word of a search may have to look at most of a source. No name and address together have more. */
const MAX_WORDS = 10

/** A walk as the directory can answer it. */
export interface DirectoryWalk {
  readonly question: DirectoryPageQuestion
  /** The fields that filter and order go by: whoever lacks one of them cannot be put where they belong. */
  readonly fields: readonly CarriedField[]
  /** Fingerprint of filter and order, which binds cursors to them. */
  readonly fingerprint: string
  /** In which mode the walk began, by its cursor; null: it begins here. */
  readonly begunIn: 'live' | 'directory' | null
  /** Whether it asks for something that no live walk can give. */
  readonly needsDirectory: boolean
}

type FilterInput = { readonly [Part in keyof DirectoryFilter]?: DirectoryFilter[Part] | null } & {
  readonly source?: IdentitySource | null | undefined
}
interface OrderInput {
  readonly field: DirectoryOrderField
  readonly direction: DirectoryOrder['direction']
}

const FILTERED_FIELDS: Readonly<Record<keyof DirectoryFilter, readonly CarriedField[]>> = {
  status: ['status'],
  email: ['email'],
  emailDomain: ['email'],
  search: ['email', 'firstName', 'lastName'],
  role: ['role'],
  networkId: ['network'],
  partnerId: ['partner'],
  createdAfter: ['createdAt'],
  createdBefore: ['createdAt'],
  updatedAfter: ['updatedAt'],
}
const ORDERED_FIELDS: Readonly<Record<DirectoryOrder['field'], readonly CarriedField[]>> = {
  BY_SOURCE: ['createdAt'],
  CREATED_AT: ['createdAt'],
  UPDATED_AT: ['updatedAt'],
  EMAIL: ['email'],
  NAME: ['firstName', 'lastName'],
}

/** @throws PublicError BAD_USER_INPUT for whatever makes no sense, cursors included, before anybody is asked anything. */
export function toDirectoryWalk(args: ConnectionArguments, keys: CursorKeys): DirectoryWalk {
  const { take, count } = readWindow(args)
  const filter = readFilter(args.filter ?? {})
  const asked = args.orderBy as OrderInput | null | undefined
  const order: DirectoryOrder = asked ?? { field: 'BY_SOURCE', direction: 'ASC' }
  const source = args.filter?.source ?? undefined
  const query = fingerprint({ ...filter, source, orderBy: asked && [asked.field, asked.direction] })
  const begunIn = modeOf(args)
  const filtered = Object.keys(filter) as (keyof DirectoryFilter)[]
  const needsDirectory = take === 'last' || Boolean(asked) || filtered.length > 0
  if (begunIn === 'live' && needsDirectory) throw foreignCursor()
  const position = (cursor: string | null | undefined): DirectoryPosition | undefined =>
    begunIn === 'directory' && typeof cursor === 'string' ? decodeDirectoryCursor(cursor, query, keys) : undefined
  return {
    question: {
      sources: source ? [source] : SOURCES,
      filter,
      order,
      take,
      count,
      after: position(args.after),
      before: position(args.before),
    },
    fields: [...new Set([...filtered.flatMap((name) => FILTERED_FIELDS[name]), ...ORDERED_FIELDS[order.field]])],
    fingerprint: query,
    begunIn,
    needsDirectory,
  }
}

function readWindow({ first, last, before }: ConnectionArguments): Pick<DirectoryPageQuestion, 'take' | 'count'> {
  const isForward = isGiven(first)
  const isBackward = isGiven(last)
  if (isForward && isBackward) throw badInput('"first" and "last" are two directions: give one of them.')
  if (isGiven(before) && !isBackward) throw badInput('"before" goes with "last".')
  for (const [name, value] of Object.entries({ first, last })) {
    if (isGiven(value) && (value < 0 || value > MAX_COUNT)) throw badInput(`"${name}" is 0 to ${MAX_COUNT}.`)
  }
  return isBackward ? { take: 'last', count: last } : { take: 'first', count: first ?? DEFAULT_COUNT }
}

/** A walk ends in the mode in which it began. */
function modeOf({ after, before }: ConnectionArguments): DirectoryWalk['begunIn'] {
  const modes = new Set(
    [after, before].filter(isGiven).map((cursor) => (isDirectoryCursor(cursor) ? 'directory' : 'live')),
  )
  if (modes.size > 1) throw malformedCursor()
  return [...modes][0] ?? null
}

function readFilter({ source: _source, ...given }: FilterInput): DirectoryFilter {
  const { email, emailDomain, status, search, ...others } = given
  if (isGiven(search) && searchWords(search).length > MAX_WORDS)
    throw badInput(`"filter.search" has at most ${MAX_WORDS} words.`)
  return Object.fromEntries(
    Object.entries({
      ...others,
      search,
      email: isGiven(email) ? requireEmail(email) : undefined,
      emailDomain: isGiven(emailDomain) ? readDomain(emailDomain) : undefined,
      // In one order, so that cursors are good for the same question in other words.
      status: isGiven(status) ? [...new Set(status)].toSorted() : undefined,
    }).filter(([, value]) => isGiven(value)),
  )
}

function readDomain(text: string): string {
  const domain = text.trim().replace(/^@/, '').toLowerCase()
  if (domain === '') throw badInput('"filter.emailDomain" is what stands behind the @.')
  return domain
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null
}
