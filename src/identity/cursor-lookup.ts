import { MAX_PAGE_SIZE, type ReadScope } from './account-source.ts'
import type { ListKnowledge } from './list-knowledge.ts'
import { planCursorLookup, type CursorWindow } from './lookup-plan.ts'
import type { FindAccounts, Search } from './lookup.ts'
import type { CursorPageReader } from './page-reader.ts'
import type { Sweep } from './sweep.ts'

/** A list of more pages may not be through within one request, so nobody who can be found otherwise waits for it. */
const MAX_AWAITED_PAGES = 20

/**
 * Carries out the plan for an upstream that gives pages only.
 *
 * @param joinSweep the sweep of this list that is under way, or a new one.
 */
export function findInCursorList(
  read: CursorPageReader,
  joinSweep: () => Sweep,
  known: ListKnowledge,
  scope: ReadScope,
): FindAccounts {
  return async (_wanted, search) => {
    const { tail } = planCursorLookup([...search.missing], known)
    if (tail) await readWindows([tail], search)
    const { sweep, windows } = planCursorLookup([...search.missing], known)
    const isLong = known.size.rows > MAX_AWAITED_PAGES * MAX_PAGE_SIZE
    if (sweep.length === 0 || isLong) await readWindows(windows, search)
    if (sweep.length > 0) {
      // What the sweep fails on is no fault of those whose place is known. In a short list most of them turn up on the way.
      await sweepFor(sweep, search, isLost).catch((error: unknown) => search.fail(sweep, error))
      await readWindows(planCursorLookup([...search.missing], known).windows, search)
    }
    // Who is not where a hint said is looked for everywhere: only a whole list says that there is nobody.
    if (search.missing.size > 0) await sweepFor([...search.missing], search, () => true)
  }

  function isLost(sourceId: string): boolean {
    return known.row(sourceId) === undefined
  }

  /** A page that cannot be had fails its own accounts: the list is where it came from. */
  async function readWindows(windows: readonly CursorWindow[], search: Search): Promise<void> {
    const pages = await Promise.allSettled(windows.map(({ token }) => read(token)))
    for (const [index, page] of pages.entries()) {
      if (page.status === 'fulfilled') search.take(page.value?.rows ?? [])
      else search.fail(windows[index]?.ids ?? [], page.reason)
    }
  }

  /**
   * Goes through the list until these are found. At its end, those that are not do not exist.
   *
   * @param takesStale whom a page may show that was read before, for others, and shows people as they were then.
   */
  async function sweepFor(
    ids: readonly string[],
    search: Search,
    takesStale: (sourceId: string) => boolean,
  ): Promise<void> {
    const stale = new Set(ids.filter(takesStale))
    let allFresh = true
    for await (const { rows, fresh } of joinSweep().pages(scope)) {
      allFresh &&= fresh
      search.take(fresh ? rows : rows.filter((row) => stale.has(row.sourceId)))
      if (ids.every((id) => !search.missing.has(id))) return
    }
    search.close(allFresh ? [...search.missing] : stale)
  }
}
