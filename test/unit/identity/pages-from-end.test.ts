import { describe, expect, it } from 'vitest'
import type {
  CursorAccountSource,
  OffsetAccountSource,
  OffsetPageToken,
  ReadScope,
} from '../../../src/identity/account-source.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { pagesFromEnd } from '../../../src/identity/pages-from-end.ts'
import { shareSource, type SharedSource } from '../../../src/identity/source-session.ts'

const scope: ReadScope = { signal: new AbortController().signal, notBefore: Number.NEGATIVE_INFINITY }
const clock = (): number => 0
const rowsOf = (ids: readonly string[]) => ids.map((sourceId) => ({ sourceId }) as Identity)
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `id${index}`)

/** A list of accounts that says which pages were asked for. */
function offsetList(list: string[], pastEnd: 'empty' | 'last-page' = 'empty') {
  const asked: number[] = []
  const readPage = async ({ page, size }: OffsetPageToken) => {
    asked.push(page)
    const last = Math.max(Math.ceil(list.length / size), 1)
    const shown = pastEnd === 'last-page' ? Math.min(page, last) : page
    return { rows: rowsOf(list.slice((shown - 1) * size, shown * size)) }
  }
  const source: OffsetAccountSource = { source: 'LEGACY', paging: 'offset', readPage, readOne: async () => null }
  return { asked, shared: shareSource(source, clock) }
}

async function readAll(shared: SharedSource): Promise<string[]> {
  const found: string[] = []
  for await (const rows of pagesFromEnd(shared, scope, clock)) found.push(...rows.map((row) => row.sourceId))
  return found
}

describe('an offset list is read', () => {
  it('from the start where nothing is known of it', async () => {
    const { asked, shared } = offsetList(ids(250))
    expect(await readAll(shared)).toEqual(ids(250))
    expect(asked).toEqual([1, 2, 3])
  })

  it('from the end once it was read, and whole', async () => {
    const list = ids(950)
    const { asked, shared } = offsetList(list)
    await readAll(shared)
    asked.length = 0
    list.push('new')
    const again = await readAll(shared)
    expect([asked, again.indexOf('new')]).toEqual([[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 50])
    expect(new Set(again)).toEqual(new Set(list))
  })

  it('whole when it has become shorter or longer by pages', async () => {
    const list = ids(450)
    const { shared } = offsetList(list)
    await readAll(shared)
    list.splice(50, 300)
    expect(new Set(await readAll(shared))).toEqual(new Set(list))
    list.push(...ids(900).map((id) => `more-${id}`))
    expect(new Set(await readAll(shared))).toEqual(new Set(list))
  })

  it('to an end also where every page behind it is the last one again', async () => {
    const { shared } = offsetList(ids(200), 'last-page')
    expect(new Set(await readAll(shared))).toEqual(new Set(ids(200)))
    expect(new Set(await readAll(shared))).toEqual(new Set(ids(200)))
  })
})

it('a cursor list is read behind its last known row first, and then whole', async () => {
  const list = ids(250)
  const asked: (string | null)[] = []
  const source: CursorAccountSource = {
    source: 'SITE_PARTNER',
    paging: 'cursor',
    readPage: async ({ after, size }) => {
      asked.push(after)
      const start = after === null ? 0 : list.indexOf(after) + 1
      return { rows: rowsOf(list.slice(start, start + size)), more: list.length > start + size }
    },
  }
  const shared = shareSource(source, clock)
  await readAll(shared)
  asked.length = 0
  list.push('new')
  const again = await readAll(shared)
  expect([asked, again[0]]).toEqual([['id249', null, 'id99', 'id199'], 'new'])
  expect(new Set(again)).toEqual(new Set(list))
})
