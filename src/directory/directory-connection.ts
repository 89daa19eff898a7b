import type { IdentityConnection, IdentityEdge } from '../identity/connection.ts'
import type { SourceState } from '../identity/source-states.ts'
import type { DirectoryPosition } from '../identity/directory-cursor.ts'
import type { DirectoryFilter, DirectoryPage, DirectoryPageQuestion } from './store/store.ts'

/** The directory as one request asks it. */
interface PageReader {
  page(question: DirectoryPageQuestion): Promise<DirectoryPage>
  count(sources: DirectoryPageQuestion['sources'], filter: DirectoryFilter): Promise<number>
}

export interface DirectoryConnectionOptions {
  readonly reader: PageReader
  readonly toCursor: (position: DirectoryPosition) => string
  readonly sources: () => readonly SourceState[]
}

/**
 * One page of a walk in the directory. What costs another question (the total, whether there is something on the page's
 * other side) is asked only when it is selected, and cursors are made only then.
 */
export async function readConnection(
  question: DirectoryPageQuestion,
  { reader, toCursor, sources }: DirectoryConnectionOptions,
): Promise<IdentityConnection> {
  const { take, count } = question
  // A page of nobody still says whether there is somebody.
  const page = await reader.page({ ...question, count: Math.max(count, 1) })
  const rows = count === 0 ? [] : page.rows
  const more = count === 0 ? page.rows.length > 0 : page.more
  const edges = rows.map((row) => new Edge(row, toCursor))
  const isOutside = async (bound: Bound): Promise<boolean> =>
    question[bound] !== undefined && isPassed(reader, question, page.rows, bound)
  return {
    edges,
    get nodes() {
      return rows.map(({ identity }) => identity)
    },
    pageInfo: {
      get hasNextPage() {
        return take === 'first' ? more : isOutside('before')
      },
      get hasPreviousPage() {
        return take === 'last' && more ? true : isOutside('after')
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
    get sources() {
      return sources()
    },
  }
}

type Bound = 'after' | 'before'

/**
 * Whether somebody stands outside the bound: beyond the page's row at that end, or anywhere, if nobody is left within. The
 * account that the bound was taken from may be gone, so it proves nothing.
 */
async function isPassed(
  reader: PageReader,
  question: DirectoryPageQuestion,
  rows: DirectoryPage['rows'],
  bound: Bound,
): Promise<boolean> {
  const position = (bound === 'after' ? rows.at(0) : rows.at(-1))?.position
  const beyond = bound === 'after' ? { before: position } : { after: position }
  const outside = await reader.page({ ...question, count: 1, after: undefined, before: undefined, ...beyond })
  return outside.rows.length > 0
}

/** The first and the last cursor are asked for twice, and made once. */
class Edge implements IdentityEdge {
  readonly node: IdentityEdge['node']
  readonly #position: DirectoryPosition
  readonly #toCursor: (position: DirectoryPosition) => string
  #cursor: string | undefined

  constructor(
    { identity, position }: DirectoryPage['rows'][number],
    toCursor: (position: DirectoryPosition) => string,
  ) {
    this.node = identity
    this.#position = position
    this.#toCursor = toCursor
  }

  get cursor(): string {
    return (this.#cursor ??= this.#toCursor(this.#position))
  }
}
