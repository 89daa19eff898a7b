import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { START_FLAGS } from '../fixtures/npm-start.ts'

const run = promisify(execFile)

it('a thread of the store keeps to its own limit, whatever Node was given for the process', async () => {
  const limitWith = async (flags: readonly string[]): Promise<number> => {
    const { stdout } = await run(process.execPath, [...flags, join(import.meta.dirname, 'worker-memory-process.ts')])
    return Number(stdout)
  }
  expect(await limitWith(START_FLAGS)).toBe(await limitWith([]))
})
