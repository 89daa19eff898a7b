import { MAX_PAGE_SIZE } from '../identity/account-source.ts'
import type { LegacyUserResponse } from '../sources/legacy/wire.ts'
import { failedCall, type EndpointSettings } from './advice.ts'
import { counted, fail, ok, warn, type Verdict } from './findings.ts'
import type { CallFault } from './probe.ts'

const BASIC_FIELDS = ['firstname', 'lastname', 'email', 'status'] as const
/** What the guide's list rows lack. */
const FURTHER_FIELDS = ['role', 'timezone', 'locale', 'created_at', 'updated_at'] as const

/** What came of asking for the second page. */
export type SecondPage =
  | { readonly kind: 'rows'; readonly ids: readonly string[] }
  | { readonly kind: 'missing' }
  | { readonly kind: 'fault'; readonly fault: CallFault }

/** Whether everybody can be reached page by page. The list is taken to end at the first page that is not full. */
export function judgePaging(ids: readonly string[], second: SecondPage, settings: EndpointSettings): Verdict {
  if (ids.length > MAX_PAGE_SIZE) {
    return fail(
      `${ids.length} rows on a page of ${MAX_PAGE_SIZE}: the API pays no heed to count.`,
      'Such a page is refused by the subgraph; ask the vendor how this API pages.',
    )
  }
  if (second.kind === 'fault') return failedCall(second.fault, settings)
  const goesOn = hasOthers(ids, second)
  const repeats = !goesOn && second.kind === 'rows' && second.ids.length > 0
  const isFull = ids.length === MAX_PAGE_SIZE
  if (goesOn && !isFull) {
    return fail(
      `The first page has ${counted(ids.length, 'row')} and not ${MAX_PAGE_SIZE}, yet page 2 has others: pages are cut short.`,
      'People would be missed, since a short page is taken for the last. Ask the vendor for pages of 100.',
    )
  }
  if (goesOn) return ok(`Full pages of ${MAX_PAGE_SIZE}, and page 2 goes on.`)
  if (repeats && isFull) {
    return fail(
      'Page 2 is page 1 again: the API pays no heed to page, or there are exactly 100 users and it repeats the last page.',
      `If there are more than ${MAX_PAGE_SIZE} users, nobody behind them can be reached: ask the vendor how this API pages.`,
    )
  }
  const end = repeats ? 'repeats it' : second.kind === 'missing' ? 'is 404' : 'is empty'
  return ok(`The list ends with the first page; page 2 ${end}.`)
}

/** What the list's `count` means. It is for reading only: the subgraph rests nothing on it. */
export function judgeCount(count: unknown, ids: readonly string[], second: SecondPage): Verdict {
  if (typeof count !== 'number') return ok('The list says no count; none is needed.')
  const rows = counted(ids.length, 'row')
  const goesOn = hasOthers(ids, second)
  if (count < ids.length) return warn(`count says ${count} beside ${rows}.`, 'Nothing rests on it; tell the vendor.')
  if (count === ids.length && goesOn) return ok("count is the page's rows.")
  if (count === ids.length) return ok('count is the rows; page or total is the same on one page.')
  // What lies behind the page is not known when it could not be read.
  if (goesOn || second.kind === 'fault') return ok(`count is not the page's but the total, ${count}.`)
  return warn(
    `count says ${count}, but the list ends after ${rows}.`,
    'The keys may not see everybody: compare with what the console shows.',
  )
}

function hasOthers(ids: readonly string[], second: SecondPage): boolean {
  const known = new Set(ids)
  return second.kind === 'rows' && second.ids.some((id) => !known.has(id))
}

/** Whether list rows are full, or hold the guide's five fields. */
export function judgeRows(rows: readonly LegacyUserResponse[]): Verdict {
  const isLacking = (field: keyof LegacyUserResponse): boolean => rows.some((row) => row[field] === undefined)
  const lacking = [...BASIC_FIELDS.filter(isLacking), ...FURTHER_FIELDS.filter(isLacking)]
  if (lacking.length === 0) return ok('List rows are full: one call per page is enough.')
  if (BASIC_FIELDS.some((field) => lacking.includes(field))) {
    return warn(
      `List rows lack ${lacking.join(', ')}.`,
      "Even some of the guide's five fields need a single GET per user: expect many calls.",
    )
  }
  const which = lacking.length === FURTHER_FIELDS.length ? "hold the guide's five fields" : 'are not full'
  return ok(`List rows ${which}: ${lacking.join(', ')} cost a single GET per user.`)
}

/** What a single GET adds to a list row. */
export function judgeDetail(user: LegacyUserResponse, askedId: string): Verdict {
  if (String(user.user_id) !== askedId) {
    return fail(
      'GET /user/{id} answered with another user than the one asked for.',
      'The subgraph refuses such answers: check LEGACY_API_URL, and caches in between.',
    )
  }
  const lacking = FURTHER_FIELDS.filter((field) => user[field] === undefined)
  const carried = FURTHER_FIELDS.filter((field) => user[field] !== undefined)
  if (lacking.length === 0) return ok(`GET /user/{id} carries ${carried.join(', ')}.`)
  const seen = carried.length === 0 ? 'none of the further fields' : carried.join(', ')
  return warn(`GET /user/{id} carries ${seen}; it lacks ${lacking.join(', ')}.`, 'What it lacks is null for everybody.')
}
