import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { persistentFile } from '../../src/directory/store/directory-file.ts'
import { openStore } from '../../src/directory/store/open-store.ts'
import { account } from '../fixtures/accounts.ts'

const PROCESS = fileURLToPath(import.meta.resolve('./closing-process.ts'))
const COUNT = 30_000
const source = 'LEGACY'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'killed-test-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** How far the building of indexes has come, in steps: tables, then what a look into the words of names tells. */
function progressOf(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  const count = (sql: string): number => database.prepare(sql).get()?.['n'] as number
  const indexes = count("SELECT count(*) AS n FROM sqlite_master WHERE type = 'index' AND name LIKE 'legacy_%'")
  const names = count('SELECT count(*) AS n FROM (SELECT 1 FROM legacy_name_docsize LIMIT 1)')
  database.close()
  return indexes + names
}

// Eleven indexes, and then the names, in three steps.
it.each([5, 12])(
  'a process that is killed after step %i of its indexes leaves a file to go on with',
  async (step) => {
    const path = join(folder, 'directory.db')
    const child = spawn(process.execPath, [PROCESS, path, String(COUNT)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    let said = ''
    child.stdout.on('data', (text) => void (said += text))
    while (!said.includes('closing')) await setImmediate()
    while (!said.includes('closed') && progressOf(path) < step) await setImmediate()
    child.kill('SIGKILL')
    await ended

    const movedAside: string[] = []
    const { writer, reader, close } = await openStore(persistentFile(path), (reason) => void movedAside.push(reason))
    const { sweep, progress } = await writer.openSweep(source, new Date(3))
    expect([movedAside, reader.knowledge(source).known]).toEqual([[], COUNT])
    // It may have got to the end before it was killed.
    const left = said.includes('closed') ? [null, true] : ['the end', false]
    expect([progress, reader.knowledge(source).ready]).toEqual(left)
    // Whose words may be in the index already, of which nobody knows.
    const renamed = account({ source, sourceId: 'u5', lastName: 'Other', role: 'role 0' })
    await writer.save({ source, rows: [renamed], askedAt: new Date(3) })
    await writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(4) })
    const { signal } = new AbortController()
    const order = { field: 'NAME', direction: 'ASC' } as const
    const page = async (filter: object) =>
      reader.page({ sources: [source], filter, order, count: 2, take: 'first' }, { signal })
    const find = async (search: string) => (await page({ search })).rows.map((row) => row.identity.sourceId)
    expect(await find(`name${COUNT - 1}x`)).toEqual([`u${COUNT - 1}`])
    expect([await find('other'), await find('name5x')]).toEqual([['u5'], []])
    expect(await reader.count([source], { search: 'name' }, { signal })).toBe(COUNT - 1)
    expect(await reader.count([source], { role: 'role 3' }, { signal })).toBe(COUNT / 5)
    await close()
  },
  60_000,
)
