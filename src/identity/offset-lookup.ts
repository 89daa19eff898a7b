import { PublicError } from '../errors.ts'
import { MAX_PAGE_SIZE, type OffsetAccountSource, type OffsetPageToken, type ReadScope } from './account-source.ts'
import type { Identity } from './identity.ts'
import type { ListKnowledge } from './list-knowledge.ts'
import { isWorthAnotherPage, MAX_BLIND_SINGLES, planOffsetLookup, type OffsetLookupPlan } from './lookup-plan.ts'
import { toError, type FindAccounts, type Search } from './lookup.ts'
import { once } from './once.ts'
import type { OffsetPageReader } from './page-reader.ts'

export type SingleReader = (sourceId: string) => Promise<Identity | null>

/** Pages of a sweep that are read at the same time. More would often be read for nothing, fewer would take too long. */
const PAGES_AT_ONCE = 4

/** Single accounts of an upstream that gives them, each fetched once. */
export function createSingleReader(source: OffsetAccountSource, scope: ReadScope): SingleReader {
  return once(
    (sourceId) => sourceId,
    (sourceId) => source.readOne(sourceId, scope),
  )
}

/** Carries out the plan for an upstream that gives single accounts and pages. */
export function findInOffsetList(read: OffsetPageReader, readSingle: SingleReader, known: ListKnowledge): FindAccounts {
  return async (wanted, search) => {
    const plan = planOffsetLookup(wanted, known)
    const alone = new Set(plan.singles)
    // Those that are fetched alone do not wait for the pages.
    const [, fault] = await Promise.all([
      fetchAlone(plan.singles, readSingle, search),
      readPages(plan, alone, read, known, search),
    ])
    const missing = [...search.missing]
    if (fault && !isWorthSingles(fault, missing.length)) search.fail(missing, fault)
    // A page is a hint: who was not on it may have moved. Only a single answer says that there is nobody.
    else await fetchAlone(missing, readSingle, search)
  }
}

/** Whether accounts of which the page failed are fetched one by one. */
export function isWorthSingles(fault: unknown, missing: number): boolean {
  // A few calls are always worth it: one answer that is missing costs the caller another request.
  if (missing <= MAX_BLIND_SINGLES) return true
  // An upstream that is down, refuses us or asks for fewer calls must not get one for each account instead.
  const code = fault instanceof PublicError ? fault.code : undefined
  return code !== 'UPSTREAM_THROTTLED' && code !== 'UPSTREAM_UNAVAILABLE' && code !== 'UPSTREAM_UNAUTHORIZED'
}

async function fetchAlone(ids: readonly string[], readSingle: SingleReader, search: Search): Promise<void> {
  const answers = await Promise.all(ids.map((id) => readSingle(id).catch(toError)))
  for (const [index, answer] of answers.entries()) {
    const id = ids[index] as string
    if (answer instanceof Error) search.fail([id], answer)
    else if (answer) search.take([answer])
    else search.close([id])
  }
}

/** @returns why a page could not be had, if one could not. */
async function readPages(
  plan: OffsetLookupPlan,
  alone: ReadonlySet<string>,
  read: OffsetPageReader,
  known: ListKnowledge,
  search: Search,
): Promise<unknown> {
  const stillListed = (): number => [...search.missing].filter((id) => !alone.has(id)).length
  const readAll = async (tokens: readonly OffsetPageToken[]): Promise<unknown> => {
    const pages = await Promise.allSettled(tokens.map((token) => read(token)))
    for (const page of pages) {
      if (page.status === 'fulfilled') search.take(page.value.rows.filter((row) => !alone.has(row.sourceId)))
    }
    return pages.find((page) => page.status === 'rejected')?.reason
  }
  let fault = await readAll(plan.pages)
  let page = 0
  while (fault === undefined && isWorthAnotherPage(stillListed(), page, plan.sweepPages, known.size)) {
    const count = Math.min(PAGES_AT_ONCE, plan.sweepPages - page, Math.max(stillListed() - 1, 1))
    const first = page + 1
    fault = await readAll(Array.from({ length: count }, (_, index) => ({ page: first + index, size: MAX_PAGE_SIZE })))
    page += count
  }
  return fault
}
