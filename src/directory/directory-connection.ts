import type { IdentityConnection, IdentityEdge, PageInfo } from '../identity/connection.ts'
import type { Identity } from '../identity/identity.ts'
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
  options: DirectoryConnectionOptions,
): Promise<IdentityConnection> {
  const { reader, toCursor } = options
  const { count } = question
  // A page of nobody still says whether there is somebody.
  const page = await reader.page({ ...question, count: Math.max(count, 1) })
  const shown = count === 0 ? { rows: [], more: page.rows.length > 0 } : page
  const edges = shown.rows.map((row) => new Edge(row, toCursor))
  return new DirectoryConnection(
    edges,
    new DirectoryPageInfo(edges, shown.more, page.rows, question, reader),
    question,
    options,
  )
}

/** Classes for the accessors' sake, see `src/README.md`. */
class DirectoryConnection implements IdentityConnection {
  readonly edges: readonly Edge[]
  readonly pageInfo: PageInfo
  readonly complete = true
  readonly #question: DirectoryPageQuestion
  readonly #options: DirectoryConnectionOptions

  constructor(
    edges: readonly Edge[],
    pageInfo: PageInfo,
    question: DirectoryPageQuestion,
    options: DirectoryConnectionOptions,
  ) {
    this.edges = edges
    this.pageInfo = pageInfo
    this.#question = question
    this.#options = options
  }

  get nodes(): readonly Identity[] {
    return this.edges.map(({ node }) => node)
  }

  get totalCount(): Promise<number> {
    const { sources, filter } = this.#question
    return this.#options.reader.count(sources, filter)
  }

  get sources(): readonly SourceState[] {
    return this.#options.sources()
  }
}

class DirectoryPageInfo implements PageInfo {
  readonly #edges: readonly Edge[]
  readonly #more: boolean
  readonly #rows: DirectoryPage['rows']
  readonly #question: DirectoryPageQuestion
  readonly #reader: PageReader

  /** @param rows that were read, also for a page that shows none. */
  constructor(
    edges: readonly Edge[],
    more: boolean,
    rows: DirectoryPage['rows'],
    question: DirectoryPageQuestion,
    reader: PageReader,
  ) {
    this.#edges = edges
    this.#more = more
    this.#rows = rows
    this.#question = question
    this.#reader = reader
  }

  get hasNextPage(): boolean | Promise<boolean> {
    return this.#question.take === 'first' ? this.#more : this.#isOutside('before')
  }

  get hasPreviousPage(): boolean | Promise<boolean> {
    return this.#question.take === 'last' && this.#more ? true : this.#isOutside('after')
  }

  get startCursor(): string | null {
    return this.#edges.at(0)?.cursor ?? null
  }

  get endCursor(): string | null {
    return this.#edges.at(-1)?.cursor ?? null
  }

  #isOutside(bound: Bound): boolean | Promise<boolean> {
    return this.#question[bound] !== undefined && isPassed(this.#reader, this.#question, this.#rows, bound)
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
