import DataLoader from 'dataloader'
import { MAX_PAGE_SIZE, type OffsetAccountSource, type ReadScope } from './account-source.ts'
import type { Identity } from './identity.ts'
import type { ListKnowledge } from './list-knowledge.ts'
import { isWorthAnotherPage, planOffsetLookup, type OffsetLookupPlan } from './lookup-plan.ts'
import { Search, toError, type FindAccounts } from './lookup.ts'
import type { OffsetPageReader } from './page-reader.ts'

export type SingleLoader = DataLoader<string, Identity | null>

/** Single accounts of an upstream that gives them, each fetched once. */
export function createSingleLoader(source: OffsetAccountSource, scope: ReadScope): SingleLoader {
  return new DataLoader((ids) => Promise.all(ids.map((id) => source.readOne(id, scope).catch(toError))), {
    name: `single:${source.source}`,
  })
}

/** Carries out the plan for an upstream that gives single accounts and pages. */
export function findInOffsetList(read: OffsetPageReader, singles: SingleLoader, known: ListKnowledge): FindAccounts {
  return async (wanted) => {
    const plan = planOffsetLookup(wanted, known)
    const forced = new Set(plan.singles)
    const search = new Search(wanted.map(({ sourceId }) => sourceId).filter((id) => !forced.has(id)))
    // Those that are fetched alone do not wait for the pages.
    const [alone] = await Promise.all([singles.loadMany(plan.singles), readPages(plan, search, read, known)])
    // A page is a hint: who was not on it may have moved. Only a single answer says that there is nobody.
    const missing = [...search.missing]
    const rest = await singles.loadMany(missing)
    const answers = new Map([...zip(plan.singles, alone), ...zip(missing, rest)])
    for (const [id, answer] of answers) if (answer && !(answer instanceof Error)) search.found.set(id, answer)
    return {
      found: search.found,
      failed: (id) => {
        const answer = answers.get(id)
        return answer instanceof Error ? answer : undefined
      },
    }
  }
}

async function readPages(
  plan: OffsetLookupPlan,
  search: Search,
  read: OffsetPageReader,
  known: ListKnowledge,
): Promise<void> {
  // Of a page that cannot be had, the accounts are fetched alone, and fail or not each by itself.
  await Promise.allSettled(plan.pages.map(async (token) => search.take((await read(token)).rows)))
  for (let page = 1; isWorthAnotherPage(search.missing.size, page - 1, plan.sweepPages, known.size); page++) {
    const answer = await read({ page, size: MAX_PAGE_SIZE }).catch(() => undefined)
    if (!answer) return
    search.take(answer.rows)
  }
}

function zip<Value>(keys: readonly string[], values: readonly Value[]): [string, Value][] {
  return keys.map((key, index) => [key, values[index] as Value])
}
