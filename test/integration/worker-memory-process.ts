import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { persistentFile } from '../../src/directory/store/directory-file.ts'
import { openStore } from '../../src/directory/store/open-store.ts'

/** A process that opens a store, and says how large the heap of the thread that writes may become. */
const folder = mkdtempSync(join(tmpdir(), 'worker-memory-'))
const { promise, resolve } = Promise.withResolvers<Worker>()
process.once('worker', resolve)
const store = await openStore(persistentFile(join(folder, 'directory.db')), () => undefined)
const worker = await promise
console.log((await worker.getHeapStatistics()).heap_size_limit)
await store.close()
rmSync(folder, { recursive: true })
