import { describe, expect, it } from 'vitest'
import { isCredible, proveGone } from '../../../src/directory/sync/gone.ts'
import type { CursorReader, OffsetReader } from '../../../src/directory/sync/source-reader.ts'
import type { MissingAccount } from '../../../src/directory/store/store.ts'
import type { CursorPage } from '../../../src/identity/account-source.ts'
import type { Identity } from '../../../src/identity/identity.ts'

const identity = (sourceId: string): Identity => ({ sourceId }) as Identity
const rows = (...ids: string[]): Identity[] => ids.map(identity)

describe('how many missing accounts are believed', () => {
  it.each([
    [0, 0, true],
    [0, 1_000, true],
    [50, 1_000, true],
    [51, 1_000, false],
    [1_000, 1_000, false],
    // Small sources: one of ten can leave, but not most of them at once.
    [1, 10, true],
    [5, 10, true],
    [6, 100, false],
    [6, 12, false],
    [1, 2, true],
    [2, 3, false],
    [1, 1, false],
  ])('%i of %i: %s', (count, known, credible) => {
    expect(isCredible({ count, known })).toBe(credible)
  })
})

describe('whether a LEGACY account is gone', () => {
  const reader = (answer: Identity | null): OffsetReader => ({
    paging: 'offset',
    source: 'LEGACY',
    readPage: async () => expect.unreachable(),
    readOne: async () => answer,
  })
  const account: MissingAccount = { sourceId: '5', predecessor: '4' }

  it('is said by a single GET', async () => {
    expect(await proveGone(reader(null), account, new Map())).toBe('gone')
    expect(await proveGone(reader(identity('5')), account, new Map())).toEqual({ there: rows('5') })
  })

  it.each(['self', '../user', 'a/b'])('stays open where the id %s cannot be asked for', async (sourceId) => {
    expect(await proveGone(reader(null), { ...account, sourceId }, new Map())).toBe('undecided')
  })
})

describe('whether a SITE_PARTNER account is gone', () => {
  const full = (first: number): Identity[] => rows(...Array.from({ length: 100 }, (_, index) => `r${first + index}`))

  /** @param pages what stands behind an id; null: the upstream does not know it. */
  async function prove(pages: Record<string, CursorPage | null>, account: MissingAccount, ...others: MissingAccount[]) {
    const asked: (string | null)[] = []
    const reader: CursorReader = {
      paging: 'cursor',
      source: 'SITE_PARTNER',
      readPage: async ({ after }) => {
        asked.push(after)
        return pages[String(after)] ?? null
      },
    }
    const verdict = await proveGone(reader, account, new Map([account, ...others].map((each) => [each.sourceId, each])))
    return { verdict, asked }
  }

  const x: MissingAccount = { sourceId: 'x', predecessor: 'p' }

  it('is not, when it stands behind its predecessor', async () => {
    const { verdict } = await prove({ p: { rows: rows('x', 'y'), more: false } }, x)
    expect(verdict).toEqual({ there: rows('x') })
  })

  it('is, when it is lacking there and the upstream does not know it', async () => {
    const { verdict, asked } = await prove({ p: { rows: rows('y'), more: false } }, x)
    expect(verdict).toBe('gone')
    expect(asked).toEqual(['p', 'x'])
  })

  it('is only unlisted, when it is lacking there and the upstream goes on behind it', async () => {
    const { verdict } = await prove({ p: { rows: full(0), more: true }, x: { rows: rows('y'), more: false } }, x)
    expect(verdict).toBe('unlisted')
  })

  it.each([
    ['a page that is not full, with more behind it', { rows: rows('y'), more: true }],
    ['a page that shows the row that it should begin behind', { rows: rows('o', 'p'), more: false }],
  ])('stays open after %s', async (_name, page) => {
    const { verdict } = await prove({ p: page, x: { rows: [], more: false } }, x)
    expect(verdict).toBe('undecided')
  })

  it('is looked for behind the nearest one before it that is not missing too', async () => {
    const before: MissingAccount = { sourceId: 'p', predecessor: 'o' }
    const { asked } = await prove({ o: { rows: rows('y'), more: false } }, x, before)
    expect(asked).toEqual(['o', 'x'])
  })

  it('is asked of the upstream alone where nobody stood before it that is known', async () => {
    const around: MissingAccount = { sourceId: 'p', predecessor: 'x' }
    for (const [account, ...others] of [[{ ...x, predecessor: undefined }], [x, around]] as const) {
      expect(await prove({}, account, ...others)).toEqual({ verdict: 'gone', asked: ['x'] })
      const known = await prove({ x: { rows: [], more: false } }, account, ...others)
      expect(known.verdict).toBe('unlisted')
    }
  })
})
