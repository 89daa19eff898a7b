import { persistentFile } from '../../src/directory/store/directory-file.ts'
import { openStore } from '../../src/directory/store/open-store.ts'
import { createSqliteLedger } from '../../src/directory/store/sqlite-ledger.ts'

/** A process that begins a creation in the file that it is given, says so, and lives until it is killed. */
const store = await openStore(persistentFile(process.argv[2] as string), () => undefined)
const ledger = createSqliteLedger(store.provisions, { now: () => new Date(), onFault: () => undefined })
await ledger.save('key', { asked: 'digest', state: { kind: 'POSTED' }, startedAt: Date.now() })
console.log('posted')
setInterval(() => undefined, 60_000)
