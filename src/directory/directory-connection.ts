import type { IdentityConnection, IdentityEdge } from '../identity/connection.ts'
import type { SourceState } from '../identity/source-states.ts'
import type { DirectoryPosition } from '../identity/directory-cursor.ts'
import type { DirectoryFilter, DirectoryPage, DirectoryPageQuestion } from './store.ts'

/** The directory as one request asks it. */
interface PageReader {
  page(question: DirectoryPageQuestion): Promise<DirectoryPage>
  count(sources: DirectoryPageQuestion['sources'], filter: DirectoryFilter): Promise<number>
}

export interface DirectoryConnectionOptions {
  readonly reader: PageReader
  readonly toCursor: (position: DirectoryPosition) => string
  readonly sources: readonly SourceState[]
}

/**
 * One page of a walk in the directory. What costs another question (the total, whether there is something on the page's
 * other side) is asked only when it is selected, and cursors are made only then.
 */
export async function readConnection(
  question: DirectoryPageQuestion,
  { reader, toCursor, sources }: DirectoryConnectionOptions,
): Promise<IdentityConnection> {
  const { take, count, after, before } = question
  // A page of nobody still says whether there is somebody.
  const page = await reader.page({ ...question, count: Math.max(count, 1) })
  const rows = count === 0 ? [] : page.rows
  const more = count === 0 ? page.rows.length > 0 : page.more
  const edges = rows.map((row) => toEdge(row, toCursor))
  const passed = async (): Promise<boolean> => after !== undefined && isPassed(reader, question, 'first')
  const toCome = async (): Promise<boolean> => before !== undefined && isPassed(reader, question, 'last')
  return {
    edges,
    nodes: rows.map(({ identity }) => identity),
    pageInfo: {
      get hasNextPage() {
        return take === 'first' ? more : toCome()
      },
      get hasPreviousPage() {
        return take === 'last' && more ? true : passed()
      },
      get startCursor() {
        return edges.at(0)?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
    get totalCount() {
      return reader.count(question.sources, question.filter)
    },
    complete: true,
    sources,
  }
}

/**
 * Whether somebody stands outside the bound at this end of the list: the one at the very end is not the one next to the bound.
 * The account that the bound was taken from may be gone, so it proves nothing.
 */
async function isPassed(
  reader: PageReader,
  question: DirectoryPageQuestion,
  take: DirectoryPageQuestion['take'],
): Promise<boolean> {
  const one = { ...question, take, count: 1 }
  const bound = take === 'first' ? { after: question.after } : { before: question.before }
  const [outmost] = (await reader.page({ ...one, after: undefined, before: undefined })).rows
  const [inside] = (await reader.page({ ...one, after: undefined, before: undefined, ...bound })).rows
  return outmost !== undefined && outmost.identity.id !== inside?.identity.id
}

function toEdge(
  { identity, position }: DirectoryPage['rows'][number],
  toCursor: (position: DirectoryPosition) => string,
): IdentityEdge {
  return {
    node: identity,
    get cursor() {
      return toCursor(position)
    },
  }
}
