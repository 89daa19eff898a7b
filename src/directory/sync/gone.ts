import { MAX_PAGE_SIZE } from '../../identity/account-source.ts'
import { isSafeSourceId } from '../../identity/identity-id.ts'
import type { Identity } from '../../identity/identity.ts'
import type { Missing, MissingAccount } from '../store/store.ts'
import type { CursorReader, SourceReader } from './source-reader.ts'

/** More than this share of a source missing at once says something of the list and nothing of the accounts. */
const MAX_SHARE = 0.05
/** So few may be missing whatever share they are, unless they are most of the source: one of ten can leave. */
const ALWAYS_CREDIBLE = 5

/** Whether so many can be missing because they are gone. */
export function isCredible({ count, known }: Pick<Missing, 'count' | 'known'>): boolean {
  if (count === 0 || count <= known * MAX_SHARE) return true
  return count <= ALWAYS_CREDIBLE && count <= known / 2
}

/**
 * - `gone`: the upstream says that it does not know the account.
 * - `unlisted`: nobody shows it, but the upstream does not deny it either. It may only have moved within the list.
 * - `undecided`: nothing was learned. The account stays as it is known and is looked at again after the next sweep.
 */
export type Verdict = 'gone' | 'unlisted' | 'undecided' | { readonly there: readonly Identity[] }

/**
 * Asks for somebody whom a whole sweep has not shown. A single GET decides it; where there is none, the list behind the
 * one whom the account stood behind.
 *
 * @param others the missing accounts by id, for whoever stood behind one of them.
 * @throws PublicError of the source: then nothing is known.
 */
export async function proveGone(
  reader: SourceReader,
  account: MissingAccount,
  others: ReadonlyMap<string, MissingAccount>,
): Promise<Verdict> {
  if (reader.paging === 'cursor') return proveUnlisted(reader, account, nearestKnown(account, others))
  if (!isSafeSourceId(reader.source, account.sourceId)) return 'undecided'
  const found = await reader.readOne(account.sourceId)
  return found ? { there: [found] } : 'gone'
}

async function proveUnlisted(
  { readPage }: CursorReader,
  { sourceId }: MissingAccount,
  after: string | null | undefined,
): Promise<Verdict> {
  const page = after === undefined ? null : await readPage({ after, size: MAX_PAGE_SIZE })
  const there = page?.rows.filter((row) => row.sourceId === sourceId) ?? []
  if (there.length > 0) return { there }
  // What stands behind the account itself? Whoever refuses the question does not know the account.
  const behind = await readPage({ after: sourceId, size: 1 })
  if (!behind) return 'gone'
  // A page with more behind it that is not full has left out somebody; one that begins too early is another place. Where
  // nobody is known whom the account stood behind, there is no page to look at: then the sweeps alone have to do.
  const isTrusted = !page || page.rows.length === MAX_PAGE_SIZE || !page.more
  return isTrusted && !page?.rows.some((row) => row.sourceId === after) ? 'unlisted' : 'undecided'
}

/** Whom the account stood behind and who is not missing too; null: the list began with it; undefined: unknown. */
function nearestKnown(account: MissingAccount, others: ReadonlyMap<string, MissingAccount>): string | null | undefined {
  const passed = new Set<string>()
  let { predecessor } = account
  while (typeof predecessor === 'string' && others.has(predecessor)) {
    if (passed.has(predecessor)) return undefined
    passed.add(predecessor)
    predecessor = others.get(predecessor)?.predecessor
  }
  return predecessor
}
