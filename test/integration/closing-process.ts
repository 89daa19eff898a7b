import { persistentFile } from '../../src/directory/store/directory-file.ts'
import { openStore } from '../../src/directory/store/open-store.ts'
import { account } from '../fixtures/accounts.ts'

/** A process that has read a whole list into the file that it is given, and builds the indexes, until it is killed. */
const [path, count] = process.argv.slice(2) as [string, string]
const store = await openStore(persistentFile(path), () => undefined)
const source = 'LEGACY'
const { sweep } = await store.writer.openSweep(source, new Date(1))
const rows = Array.from({ length: Number(count) }, (_, n) =>
  account({ source, sourceId: `u${n}`, lastName: `Name${n}x`, role: `role ${n % 5}` }),
)
await store.writer.saveSweepPages([{ source, sweep, after: null, rows, askedAt: new Date(1), progress: 'the end' }])
console.log('closing')
await store.writer.closeSweep({ source, sweep, whole: true, closedAt: new Date(2) })
console.log('closed')
// The last to leave would move the log into the file; one that is killed does not.
setInterval(() => {}, 60_000)
