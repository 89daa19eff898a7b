import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { prepareFile } from '../../../src/directory/store/schema.ts'
import { Completion } from '../../../src/directory/sync/completion.ts'
import type { OffsetReader } from '../../../src/directory/sync/source-reader.ts'
import { SqliteWriter } from '../../../src/directory/store/writer.ts'
import { upstreamError } from '../../../src/errors.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { account, listed } from '../../fixtures/accounts.ts'

const source = 'LEGACY'
const REST_AGE_MS = 1_000
const always = (): boolean => true

let time: number
let writer: SqliteWriter
let asked: string[]
let answer: (sourceId: string) => Promise<Identity | null>

beforeEach(() => {
  time = 0
  asked = []
  answer = async (sourceId) => account({ source, sourceId, asOf: new Date(time) })
  const database = new DatabaseSync(':memory:')
  prepareFile(database)
  writer = new SqliteWriter(database)
})

function completion(): Completion {
  const clock = { now: () => new Date(time), monotonicNow: () => time, wait: async () => {}, random: () => 0 }
  const readOne = async (sourceId: string) => {
    asked.push(sourceId)
    return answer(sourceId)
  }
  const reader: OffsetReader = {
    paging: 'offset',
    source,
    readPage: async () => ({ rows: [], askedAt: new Date(0) }),
    readOne,
  }
  return new Completion(reader, writer, clock, REST_AGE_MS)
}

async function list(ids: string, carry: (identity: Identity) => Identity = listed): Promise<void> {
  const rows = Array.from(ids, (sourceId) => carry(account({ source, sourceId })))
  await writer.save({ source, rows, askedAt: new Date(time) })
}

/** What one go has asked for. */
async function go(of: Completion, mayGoOn = always): Promise<string> {
  asked = []
  await of.goOn(mayGoOn)
  return asked.join('')
}

describe('what lists do not carry', () => {
  it('is asked for at once where it is lacking, and again when it is old enough, the oldest first', async () => {
    const some = completion()
    await list('ab')
    expect(await go(some)).toBe('ab')
    time = 500
    await list('abc')
    expect(await go(some)).toBe('c')
    time = 1_001
    await list('abc')
    expect(await go(some)).toBe('ab')
    time = 1_600
    await list('abc')
    expect(await go(some)).toBe('c')
    time = 2_500
    await list('abc')
    expect(await go(some)).toBe('ab')
  })

  it('is never asked for where lists carry everything', async () => {
    const some = completion()
    await list('ab', (whole) => whole)
    time = 100_000
    await list('ab', (whole) => whole)
    expect(await go(some)).toBe('')
  })

  it('is left alone for a while where no answer has it, so that nobody waits behind them', async () => {
    const some = completion()
    await list('abc')
    answer = async (sourceId) => {
      if (sourceId === 'a') throw upstreamError('UPSTREAM_INVALID_RESPONSE', source, 'no record')
      const whole = account({ source, sourceId, asOf: new Date(time) })
      return sourceId === 'b' ? listed(whole) : whole
    }
    expect(await go(some)).toBe('abc')
    time = 900
    expect(await go(some)).toBe('')
    time = 1_001
    expect(await go(some)).toBe('ab')
  })

  it('is given up at the first failure of the source, and while there is something better to do', async () => {
    const some = completion()
    await list('abcdefghijkl')
    answer = async () => {
      throw upstreamError('UPSTREAM_UNAVAILABLE', source)
    }
    await expect(some.goOn(always)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
    // Those that were under way beside it are all.
    expect(asked.length).toBeLessThanOrEqual(4)
    expect(await go(some, () => false)).toBe('')
  })

  it('is asked for of two hundred at most in one go', async () => {
    const some = completion()
    const rows = Array.from({ length: 450 }, (_, n) => listed(account({ source, sourceId: `u${n}` })))
    await writer.save({ source, rows, askedAt: new Date(time) })
    await some.goOn(always)
    expect(asked).toHaveLength(200)
    await some.goOn(always)
    await some.goOn(always)
    expect(new Set(asked).size).toBe(450)
    time = 1_001
    await writer.save({ source, rows, askedAt: new Date(time) })
    asked = []
    await some.goOn(always)
    expect(asked).toHaveLength(200)
  })

  it('is asked for next time of those whom a go that was cut short had left over', async () => {
    const some = completion()
    const rows = Array.from({ length: 250 }, (_, n) => listed(account({ source, sourceId: `u${n}` })))
    await writer.save({ source, rows, askedAt: new Date(time) })
    await some.goOn(() => asked.length < 50)
    expect(asked.length).toBeLessThan(60)
    await some.goOn(always)
    expect(asked).toContain('u100')
  })
})
