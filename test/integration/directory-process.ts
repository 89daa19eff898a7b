import { persistentFile } from '../../src/directory/store/directory-file.ts'
import { openStore } from '../../src/directory/store/open-store.ts'
import { account } from '../fixtures/accounts.ts'

/** A process that sweeps into the file that it is given and says which pages are saved, until it is killed. */
const store = await openStore(persistentFile(process.argv[2] as string), () => undefined)
const { sweep } = await store.writer.openSweep('LEGACY', new Date())
for (let page = 0; ; page++) {
  const rows = Array.from({ length: 100 }, (_, row) => account({ source: 'LEGACY', sourceId: `${page}-${row}` }))
  const after = page === 0 ? null : `${page - 1}-99`
  const askedAt = new Date()
  await store.writer.saveSweepPages([{ source: 'LEGACY', sweep, after, rows, askedAt, progress: `${page}` }])
  console.log(page)
}
