import { describe, expect, it } from 'vitest'
import type { CursorAccountSource, OffsetAccountSource } from '../../../src/identity/account-source.ts'
import { learnFrom, ListKnowledge } from '../../../src/identity/list-knowledge.ts'
import { account } from '../../fixtures/accounts.ts'

const IDS = ['a', 'b', 'c', 'd', 'e']
const signal = new AbortController().signal
const asked = { signal, notBefore: 0 }
/** Of a sweep that nobody waits for. */
const passing = { ...asked, background: true }

function rows(source: 'LEGACY' | 'SITE_PARTNER', ids: readonly string[]) {
  return ids.map((sourceId) => account({ source, sourceId }))
}

const cursorList: CursorAccountSource = {
  source: 'SITE_PARTNER',
  paging: 'cursor',
  readPage: async ({ after, size }) => {
    const start = IDS.indexOf(after ?? '') + 1
    return { rows: rows('SITE_PARTNER', IDS.slice(start, start + size)), more: start + size < IDS.length }
  },
}

const offsetList: OffsetAccountSource = {
  source: 'LEGACY',
  paging: 'offset',
  readPage: async ({ page, size }) => ({ rows: rows('LEGACY', IDS.slice((page - 1) * size, page * size)) }),
  readOne: async () => null,
}

describe('what pages teach of a cursor list', () => {
  it('is where every row stood, when somebody asked for them', async () => {
    const knowledge = new ListKnowledge()
    await (learnFrom(cursorList, knowledge) as CursorAccountSource).readPage({ after: null, size: 3 }, asked)
    expect(['a', 'b', 'c'].map((id) => knowledge.row(id))).toEqual([
      { offset: 0, predecessor: null },
      { offset: 1, predecessor: 'a' },
      { offset: 2, predecessor: 'b' },
    ])
  })

  it('is where every row stood, too, when a sweep passes by that there is room for', async () => {
    const knowledge = new ListKnowledge()
    await (learnFrom(cursorList, knowledge) as CursorAccountSource).readPage({ after: null, size: 3 }, passing)
    expect(knowledge.row('b')).toEqual({ offset: 1, predecessor: 'a' })
  })

  it('is how long it is and where it ends, when a long sweep passes by, and of its rows only the last of each page', async () => {
    const knowledge = new ListKnowledge(undefined, 4)
    const { readPage } = learnFrom(cursorList, knowledge) as CursorAccountSource
    await readPage({ after: null, size: 1 }, asked)
    await readPage({ after: 'a', size: 2 }, passing)
    expect(knowledge.size).toEqual({ rows: 4, exact: false })
    await readPage({ after: 'c', size: 3 }, passing)
    expect(knowledge.row('d')).toBeUndefined()
    expect(knowledge.row('e')).toEqual({ offset: 4, predecessor: 'd' })
    expect(knowledge.row('a')).toEqual({ offset: 0, predecessor: null })
    expect(knowledge.size).toEqual({ rows: 5, exact: true })
    expect(knowledge.tail).toBe('e')
  })
})

describe('what pages teach of an offset list', () => {
  it('is where every row stood, too, when a sweep passes by that there is room for', async () => {
    const knowledge = new ListKnowledge()
    await (learnFrom(offsetList, knowledge) as OffsetAccountSource).readPage({ page: 2, size: 3 }, passing)
    expect(knowledge.row('e')).toEqual({ offset: 4, predecessor: 'd' })
  })

  it('is how long it is, when a long sweep passes by, and of its rows nothing', async () => {
    const knowledge = new ListKnowledge(undefined, 3)
    const { readPage } = learnFrom(offsetList, knowledge) as OffsetAccountSource
    await readPage({ page: 1, size: 3 }, asked)
    await readPage({ page: 2, size: 3 }, passing)
    expect(knowledge.row('b')).toEqual({ offset: 1, predecessor: 'a' })
    expect(knowledge.row('d')).toBeUndefined()
    expect(knowledge.size).toEqual({ rows: 5, exact: true })
  })
})
