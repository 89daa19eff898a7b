import { describe, expect, it } from 'vitest'
import { packReading, unpacked } from '../../../src/directory/store/packed-reading.ts'
import type { SweepPage } from '../../../src/directory/store/store.ts'
import { account, listed } from '../../fixtures/accounts.ts'

const source = 'SITE_PARTNER'

function page(rows: SweepPage['rows']): SweepPage {
  return { source, sweep: 1, rows, askedAt: new Date(7), after: null, progress: 'here' }
}

describe('a reading that travels to the worker', () => {
  it('arrives as it was, with what was not carried apart from what is null', () => {
    const network = { __typename: 'SitePartnerNetwork', id: 'n' } as const
    const whole = account({ source, sourceId: 'a "quoted" \u{1F600} \0 id', network, asOf: new Date(5) })
    const rows = [whole, { ...listed(whole), sourceId: 'b', id: 'site-partner:b', email: null, status: undefined }]
    const reading = page(rows)
    expect(unpacked(packReading(reading))).toStrictEqual(reading)
  })

  it('may have no rows', () => {
    expect(unpacked(packReading(page([])))).toEqual(page([]))
  })

  it('may come with others', () => {
    const pages = [page([account({ source, sourceId: 'a' })]), page([account({ source, sourceId: 'b' })])]
    expect(unpacked(pages.map(packReading))).toEqual(pages)
  })

  it('loses nothing but halves of characters, which the store cannot hold', () => {
    const half = account({ source, sourceId: 'a', firstName: 'half \u{D83D}' })
    expect(unpacked(packReading(page([half])))).toEqual(page([{ ...half, firstName: 'half \u{FFFD}' }]))
  })

  it('leaves all other parameters as they are', () => {
    const parameters = ['LEGACY', 3, null, new Date(1), ['a', 'b'], { source, sweep: 1, whole: true }]
    expect(parameters.map(unpacked)).toEqual(parameters)
  })
})
