import type { CursorPageToken, ReadScope } from './account-source.ts'
import type { ListKnowledge } from './list-knowledge.ts'
import { planCursorLookup } from './lookup-plan.ts'
import { Search, toError, type FindAccounts } from './lookup.ts'
import type { CursorPageReader } from './page-reader.ts'
import type { Sweep } from './sweep.ts'

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
  return async (wanted) => {
    const search = new Search(wanted.map(({ sourceId }) => sourceId))
    let failure: Error | undefined
    try {
      await lookUp(search)
    } catch (error) {
      failure = toError(error)
    }
    // Who was found before something failed is found; of the others nothing is known.
    return { found: search.found, failed: () => failure }
  }

  async function lookUp(search: Search): Promise<void> {
    const { tail } = planCursorLookup([...search.missing], known)
    if (tail) await readWindows([tail], search)
    const { sweep: lost } = planCursorLookup([...search.missing], known)
    if (lost.length > 0) await sweepFor(new Set(lost), search)
    await readWindows(planCursorLookup([...search.missing], known).windows, search)
    // Who is not where a hint said is looked for everywhere: only a whole list says that there is nobody.
    if (search.missing.size > 0) await sweepFor(search.missing, search)
  }

  /** A page that cannot be had teaches nothing: its accounts are still missing, and looked for otherwise. */
  async function readWindows(windows: readonly CursorPageToken[], search: Search): Promise<void> {
    await Promise.allSettled(windows.map(async (token) => search.take((await read(token))?.rows ?? [])))
  }

  /** Pages that were read before, for others, may show somebody as they were then: they count only for whom no place is known. */
  async function sweepFor(ids: ReadonlySet<string>, search: Search): Promise<void> {
    const isDone = (): boolean => [...ids].every((id) => !search.missing.has(id))
    if (isDone()) return
    for await (const { rows, fresh } of joinSweep().pages(scope)) {
      search.take(fresh ? rows : rows.filter((row) => ids.has(row.sourceId)))
      if (isDone()) return
    }
  }
}
