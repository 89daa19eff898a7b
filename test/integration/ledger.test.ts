import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openConnection } from '../../src/directory/store/connection.ts'
import { persistentFile } from '../../src/directory/store/directory-file.ts'
import { openStore, type DirectoryStore } from '../../src/directory/store/open-store.ts'
import { ProvisionTable } from '../../src/directory/store/provision-table.ts'
import { prepareFile } from '../../src/directory/store/schema.ts'
import { createSqliteLedger } from '../../src/directory/store/sqlite-ledger.ts'
import { askedFor, ledgerKey, type ProvisionEntry } from '../../src/identity/writes/provision-ledger.ts'

let folder: string
let path: string
let faults: unknown[]
let stores: DirectoryStore[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-test-'))
  path = join(folder, 'directory.db')
  faults = []
  stores = []
})

afterEach(async () => {
  for (const store of stores) await store.close()
  rmSync(folder, { recursive: true })
})

async function open() {
  const store = await openStore(persistentFile(path), () => {})
  stores.push(store)
  const onFault = (fault: unknown): void => void faults.push(fault)
  return { store, ledger: createSqliteLedger(store.provisions, { now: () => new Date(), onFault }) }
}

const posted = (): ProvisionEntry => ({ asked: 'digest', state: { kind: 'POSTED' }, startedAt: Date.now() })

describe('a ledger in the directory’s file', () => {
  it('knows after a restart what was begun before', async () => {
    const first = await open()
    await first.ledger.save('key', posted())
    await first.ledger.save('done', { ...posted(), state: { kind: 'CREATED', sourceId: '7' } })
    await first.store.close()
    const second = await open()
    expect(await second.ledger.find('key')).toMatchObject({ state: { kind: 'POSTED' } })
    expect(await second.ledger.find('done')).toMatchObject({ state: { kind: 'CREATED', sourceId: '7' } })
  })

  it('knows it also when the process was killed right after it had been told', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'ledger-process.ts'), path])
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const { ledger } = await open()
    expect(await ledger.find('key')).toMatchObject({ asked: 'digest', state: { kind: 'POSTED' } })
  })

  it('refuses what it cannot keep, and the fault is told', async () => {
    const { store, ledger } = await open()
    await store.close()
    const refused = { name: 'PublicError', code: 'INTERNAL_SERVER_ERROR' }
    await expect(ledger.save('key', posted())).rejects.toMatchObject(refused)
    await expect(ledger.find('key')).rejects.toMatchObject(refused)
    expect(faults).toMatchObject([{ reason: 'closed' }, { reason: 'closed' }])
  })

  it('holds neither keys nor anything of people', async () => {
    const { store, ledger } = await open()
    const asked = askedFor('secret-key-1', ['LEGACY', 'jane.roe@example.com', 'Jane', 'Roe'])
    await ledger.save(ledgerKey('secret-key-1'), { ...posted(), asked })
    await store.close()
    const bytes = readFileSync(path, 'latin1')
    expect(bytes).toContain(asked)
    for (const secret of ['secret-key-1', 'jane', 'Jane', 'Roe']) expect(bytes).not.toContain(secret)
  })
})

/** Notes how safely each transaction is committed: 0 is OFF, 1 NORMAL, 2 FULL. */
class WatchedDatabase extends DatabaseSync {
  readonly levels: unknown[] = []

  override exec(sql: string): void {
    if (sql === 'COMMIT') this.levels.push(this.level)
    super.exec(sql)
  }

  get level(): unknown {
    return this.prepare('PRAGMA synchronous').get()?.['synchronous']
  }
}

describe('a creation that is written down', () => {
  it.each([
    ['is on the disk before the POST, where the file stays', true, [2, 2], 1],
    ['is not waited for, where the file ends with the process', false, [0, 0], 0],
  ])('%s', (_name, durable, levels, otherwise) => {
    // Sets the file up as the worker does.
    openConnection(path, 'writer', durable).close()
    const database = new WatchedDatabase(path)
    database.exec(`PRAGMA synchronous = ${durable ? 'NORMAL' : 'OFF'}`)
    prepareFile(database)
    const table = new ProvisionTable(database)
    table.save('key', posted(), Date.now(), 10)
    table.remove('key')
    expect(database.levels).toEqual(levels)
    expect(database.level).toBe(otherwise)
    database.close()
  })
})
