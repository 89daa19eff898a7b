import { describe, expect, it } from 'vitest'
import { lengthened, NewcomerPlace } from '../../../src/directory/sync/list-ends.ts'
import { pollSource } from '../../../src/directory/sync/poll.ts'
import type { OffsetReader } from '../../../src/directory/sync/source-reader.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import type { ListEnds } from '../../../src/identity/newest-rows.ts'
import { account } from '../../fixtures/accounts.ts'

const ENDS: ListEnds = { length: 9, head: 'a', tail: ['f', 'g', 'h', 'i'] }

describe('the ends of a list', () => {
  it('are the last rows that were seen, in the order of the list', () => {
    expect(lengthened(ENDS, ['d', 'e', 'f', 'g', 'h', 'i']).tail).toEqual(['f', 'g', 'h', 'i'])
    expect(lengthened(ENDS, ['h', 'i', 'j']).tail).toEqual(['g', 'h', 'i', 'j'])
    expect(lengthened(ENDS, ['j', 'k'])).toMatchObject({ length: 11, tail: ['h', 'i', 'j', 'k'] })
  })

  it('are not where somebody new was who came at the start', () => {
    const place = new NewcomerPlace()
    // Between two sweeps, a look at the last page that shows nobody new.
    const looked = lengthened(ENDS, ['d', 'e', 'f', 'g', 'h', 'i'])
    place.learn(looked, { ...ENDS, head: 'new', length: 10 }, 1)
    expect(place.isStart).toBe(true)
  })
})

/** Looks at an offset list of which these were the ids when its ends were last seen. */
async function look(before: readonly string[], ids: readonly string[]) {
  let calls = 0
  const reader: OffsetReader = {
    paging: 'offset',
    source: 'LEGACY',
    readPage: async ({ page, size }) => {
      calls++
      const rows = ids.slice((page - 1) * size, page * size)
      return { rows: rows.map((sourceId) => account({ source: 'LEGACY', sourceId })), askedAt: new Date(0) }
    },
    readOne: async () => null,
  }
  const saved: Identity[] = []
  const save = async ({ rows }: { rows: readonly Identity[] }): Promise<number> => {
    saved.push(...rows)
    return rows.length
  }
  const ends = { length: before.length, head: before[0], tail: before.slice(-4) }
  const then = await pollSource(reader, ends, false, () => new Date(0), save)
  return { calls, ends: then, saved: saved.map(({ sourceId }) => sourceId) }
}

describe('a look at the end of an offset list', () => {
  const old = Array.from({ length: 205 }, (_, index) => `old${index}`)
  const fresh = ['new0', 'new1', 'new2', 'new3', 'new4']

  it('finds who came while as many left, in two calls', async () => {
    // The last row that was there before stands on another page now, and with it the first of the new ones.
    const now = [...old.slice(0, 199), ...fresh]
    const { calls, ends, saved } = await look(old, now)
    expect(saved).toEqual(expect.arrayContaining(fresh))
    expect(calls).toBe(2)
    expect(ends).toMatchObject({ length: 204, tail: fresh.slice(-4) })
  })

  it('finds the end of a list that has become shorter', async () => {
    const { ends } = await look(old, old.slice(0, 190))
    expect(ends).toMatchObject({ length: 190, tail: old.slice(186, 190) })
  })

  it('takes one call where nobody came', async () => {
    expect(await look(old, old)).toMatchObject({ calls: 1, ends: { length: 205, tail: old.slice(-4) } })
  })
})
