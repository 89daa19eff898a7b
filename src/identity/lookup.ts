import DataLoader from 'dataloader'
import { MAX_PAGE_SIZE, type OffsetAccountSource } from './account-source.ts'
import type { Identity } from './identity.ts'
import type { ListKnowledge } from './list-knowledge.ts'
import {
  isWorthAnotherPage,
  planCursorLookup,
  planOffsetLookup,
  type OffsetLookupPlan,
  type WantedAccount,
} from './lookup-plan.ts'
import type { OffsetPageReader, CursorPageReader } from './page-reader.ts'
import type { Sweep } from './sweep.ts'

/** Looks accounts of one source up, for one request: the keys of one tick are planned together, each id once. */
export type AccountLoader = DataLoader<WantedAccount, Identity | null, string>

type Found = Map<string, Identity>

const cacheKeyFn = ({ sourceId }: WantedAccount): string => sourceId

/** Single accounts of an upstream that gives them, each fetched once. */
export function createSingleLoader(
  source: OffsetAccountSource,
  signal: AbortSignal,
): DataLoader<string, Identity | null> {
  return new DataLoader(
    // DataLoader takes an Error in the place of a key that failed, so that one failure spoils one key only.
    (ids) => Promise.all(ids.map((id) => source.readOne(id, signal).catch(toError))),
    { name: `single:${source.source}` },
  )
}

export function createOffsetAccountLoader(
  source: OffsetAccountSource,
  read: OffsetPageReader,
  singles: DataLoader<string, Identity | null>,
  known: ListKnowledge,
): AccountLoader {
  return new DataLoader(
    async (wanted) => {
      const plan = planOffsetLookup(wanted, known)
      const forced = new Set(plan.singles)
      const found: Found = new Map()
      const listed = wanted.filter(({ sourceId }) => !forced.has(sourceId)).map(({ sourceId }) => sourceId)
      // Those that are fetched alone do not wait for the pages.
      const [alone] = await Promise.all([singles.loadMany(plan.singles), readPages(plan, listed, read, known, found)])
      // A page is a hint: who was not on it may have moved. Only a single answer says that there is nobody.
      const missing = listed.filter((id) => !found.has(id))
      const rest = await singles.loadMany(missing)
      const answers = new Map([...zip(plan.singles, alone), ...zip(missing, rest), ...found])
      return wanted.map(({ sourceId }) => answers.get(sourceId) ?? null)
    },
    { name: `account:${source.source}`, cacheKeyFn },
  )
}

async function readPages(
  plan: OffsetLookupPlan,
  ids: readonly string[],
  read: OffsetPageReader,
  known: ListKnowledge,
  found: Found,
): Promise<void> {
  const missing = new Set(ids)
  const take = (rows: readonly Identity[]): void => {
    for (const row of rows) if (missing.delete(row.sourceId)) found.set(row.sourceId, row)
  }
  // Of a page that cannot be had, the accounts are fetched alone, and fail or not each by itself.
  await Promise.allSettled(plan.pages.map(async (token) => take((await read(token)).rows)))
  for (let page = 1; isWorthAnotherPage(missing.size, page - 1, plan.sweepPages, known.size); page++) {
    const answer = await read({ page, size: MAX_PAGE_SIZE }).catch(() => undefined)
    if (!answer) return
    take(answer.rows)
  }
}

/** @param startSweep a reading of the list from its start, with this request's pages. */
export function createCursorAccountLoader(
  name: string,
  read: CursorPageReader,
  startSweep: () => Sweep,
  known: ListKnowledge,
  signal: AbortSignal,
): AccountLoader {
  return new DataLoader(
    async (wanted) => {
      const found: Found = new Map()
      const missing = new Set(wanted.map(({ sourceId }) => sourceId))
      const take = (rows: readonly Identity[]): void => {
        for (const row of rows) if (missing.delete(row.sourceId)) found.set(row.sourceId, row)
      }
      const sweep = startSweep()
      const sweepFor = async (ids: readonly string[]): Promise<void> => {
        const awaited = new Set(ids)
        if (awaited.size === 0) return
        for await (const rows of sweep.pages(signal)) {
          take(rows)
          for (const row of rows) awaited.delete(row.sourceId)
          if (awaited.size === 0) return
        }
      }
      await sweepFor(planCursorLookup([...missing], known).sweep)
      const { windows } = planCursorLookup([...missing], known)
      const pages = await Promise.all(windows.map((token) => read(token)))
      for (const page of pages) take(page?.rows ?? [])
      // Who is not where a hint said is looked for everywhere: only a whole list says that there is nobody.
      await sweepFor([...missing])
      return wanted.map(({ sourceId }) => found.get(sourceId) ?? null)
    },
    { name, cacheKeyFn },
  )
}

function zip<Value>(keys: readonly string[], values: readonly Value[]): [string, Value][] {
  return keys.map((key, index) => [key, values[index] as Value])
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('A look-up failed', { cause: error })
}
