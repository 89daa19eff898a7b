import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { persistentFile, temporaryFile, type DirectoryFile } from '../../src/directory/store/directory-file.ts'
import { openStore } from '../../src/directory/store/open-store.ts'
import { createSqliteLedger } from '../../src/directory/store/sqlite-ledger.ts'
import {
  askedFor,
  createMemoryLedger,
  KEPT_MS,
  ledgerKey,
  type ProvisionEntry,
  type ProvisionLedger,
} from '../../src/identity/writes/provision-ledger.ts'

type CreateLedger = (now: () => Date, maxEntries: number) => ProvisionLedger | Promise<ProvisionLedger>

/** Every kind of ledger there is, made with a clock and a bound on its entries. */
const LEDGERS: readonly [string, CreateLedger][] = [
  ['in memory', createMemoryLedger],
  ['in a file that stays', async (now, maxEntries) => inFile((path) => persistentFile(path), now, maxEntries)],
  ['in a file that goes', async (now, maxEntries) => inFile(() => temporaryFile(), now, maxEntries)],
]

async function inFile(
  open: (path: string) => DirectoryFile,
  now: () => Date,
  maxEntries: number,
): Promise<ProvisionLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-test-'))
  const store = await openStore(open(join(folder, 'directory.db')), () => {})
  onTestFinished(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return createSqliteLedger(store.provisions, { now, maxEntries, onFault: () => {} })
}

describe.each(LEDGERS)('a ledger %s', (_name, createLedger) => {
  let time: number
  let ledger: ProvisionLedger
  beforeEach(async () => {
    time = Date.parse('2026-01-02T00:00:00Z')
    ledger = await createLedger(() => new Date(time), 3)
  })

  const posted = (): ProvisionEntry => ({ asked: 'digest', state: { kind: 'POSTED' }, startedAt: time })
  const complete = (): ProvisionEntry => ({ ...posted(), state: { kind: 'COMPLETE', sourceId: '1' } })

  it('gives what was saved last, until it is removed', async () => {
    await ledger.save('key', posted())
    await ledger.save('key', complete())
    expect(await ledger.find('key')).toEqual(complete())
    await ledger.remove('key')
    expect([await ledger.find('key'), await ledger.find('other')]).toEqual([undefined, undefined])
  })

  it('keeps it for 24 hours', async () => {
    await ledger.save('key', posted())
    time += KEPT_MS - 1
    expect(await ledger.find('key')).toBeDefined()
    time += 1
    expect(await ledger.find('key')).toBeUndefined()
  })

  it('makes room of what is over, then of what is known to be done, and never of what is not known', async () => {
    await ledger.save('old', posted())
    time += KEPT_MS
    for (const key of ['a', 'b']) await ledger.save(key, posted())
    await ledger.save('done', complete())
    await ledger.save('c', posted())
    expect([await ledger.find('old'), await ledger.find('done')]).toEqual([undefined, undefined])
    await expect(ledger.save('d', posted())).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(await Promise.all(['a', 'b', 'c'].map((key) => ledger.find(key)))).toEqual([posted(), posted(), posted()])
    // What is in it can be changed all the same.
    await ledger.save('a', complete())
  })
})

describe('what a ledger is given', () => {
  it('tells neither the key nor what was asked, and is the same for the same', () => {
    const asked = ['LEGACY', 'jane@example.com', null]
    expect(askedFor('key', asked)).toBe(askedFor('key', ['LEGACY', 'jane@example.com', undefined]))
    expect(askedFor('key', asked)).not.toBe(askedFor('key', ['LEGACY', 'jane@example.com', '']))
    expect(askedFor('key', asked)).not.toBe(askedFor('other', asked))
    expect(`${askedFor('key', asked)}${ledgerKey('jane@example.com')}`).not.toContain('jane')
  })
})
