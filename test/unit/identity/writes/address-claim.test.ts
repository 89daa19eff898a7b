import { beforeEach, describe, expect, it } from 'vitest'
import { AddressClaim } from '../../../../src/identity/writes/address-claim.ts'
import { createMemoryLedger, type ProvisionLedger } from '../../../../src/identity/writes/provision-ledger.ts'

let time: number
let ledger: ProvisionLedger
beforeEach(() => {
  time = Date.parse('2026-01-02T00:00:00Z')
  ledger = createMemoryLedger(now)
})
const now = (): Date => new Date(time)
const claim = (creation: string, email = 'jane@example.com', source: 'LEGACY' | 'SITE_PARTNER' = 'LEGACY') =>
  new AddressClaim(ledger, now, source, email, creation)
const posted = () => ({ state: { kind: 'POSTED' } as const, startedAt: time })
const created = () => ({ state: { kind: 'CREATED', sourceId: '1' } as const, startedAt: time })

describe('the claim on an address', () => {
  it('holds others of the same source off for a minute, and never the one that has it', async () => {
    await claim('a').save(posted())
    expect(await claim('b', 'JANE@example.com').unsettled()).toEqual({ kind: 'POSTED' })
    const free = [claim('a'), claim('b', 'john@example.com'), claim('b', 'jane@example.com', 'SITE_PARTNER')]
    for (const each of free) expect(await each.unsettled()).toBeUndefined()
    time += 60_000
    expect(await claim('b').unsettled()).toBeUndefined()
  })

  it('is given up only by the one that has it', async () => {
    await claim('a').save(posted())
    await claim('b').remove()
    expect(await claim('b').unsettled()).toBeDefined()
    await claim('a').remove()
    expect(await claim('b').unsettled()).toBeUndefined()
  })

  // A creation whose POST was lost took the account that another key had made afterwards, with the same names, for its own.
  it('says whose account it is, also when the minute is over', async () => {
    await claim('a').save(posted())
    expect(await claim('b').isOfAnother('1')).toBe(false)
    await claim('a').save(created())
    time += 60_000
    expect([await claim('b').isOfAnother('1'), await claim('b').isOfAnother('2')]).toEqual([true, false])
    expect(await claim('a').isOfAnother('1')).toBe(false)
  })
})
