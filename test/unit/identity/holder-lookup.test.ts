import { describe, expect, it } from 'vitest'
import type { OffsetAccountSource, ReadScope } from '../../../src/identity/account-source.ts'
import { createHolderLoader } from '../../../src/identity/holder-lookup.ts'
import type { Identity } from '../../../src/identity/identity.ts'
import { Sweep } from '../../../src/identity/sweep.ts'

const live: ReadScope = { signal: new AbortController().signal, notBefore: Number.NEGATIVE_INFINITY }
const row = (sourceId: string, email: string | null | undefined): Identity => ({ sourceId, email }) as Identity

function sweepOf(rows: readonly Identity[]): Sweep {
  const source: OffsetAccountSource = {
    source: 'LEGACY',
    paging: 'offset',
    readPage: async () => ({ rows }),
    readOne: async () => null,
  }
  return new Sweep(source, () => 0)
}

describe('the look-up of a holder', () => {
  it('completes the rows that do not say their address, and those only', async () => {
    const completed: string[] = []
    const complete = async (identity: Identity): Promise<Identity> => {
      completed.push(identity.sourceId)
      return row(identity.sourceId, 'Ana@Example.com')
    }
    const rows = [row('said', 'ana@example.com'), row('silent', undefined), row('none', null)]
    const holders = createHolderLoader(() => [sweepOf(rows)], complete, live)
    expect((await holders.load('ana@example.com')).map(({ sourceId }) => sourceId)).toEqual(['said', 'silent'])
    expect(completed).toEqual(['silent'])
  })

  it('fails when a row cannot be completed, for it may be the one that is looked for', async () => {
    const complete = async (): Promise<Identity> => {
      throw new Error('down')
    }
    const holders = createHolderLoader(() => [sweepOf([row('silent', undefined)])], complete, live)
    await expect(holders.load('ana@example.com')).rejects.toThrow('down')
  })
})
