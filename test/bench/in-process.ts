import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { openConnection } from '../../src/directory/store/connection.ts'
import { SqliteReader } from '../../src/directory/store/sqlite-reader.ts'
import { normalizeEmail } from '../../src/identity/email.ts'
import { SOURCES } from '../../src/identity/identity.ts'
import { shownLegacy, shownSitePartner } from './people.ts'

/** In microseconds. */
export interface InProcessResult {
  readonly byKeyP50Us: number
  readonly byKeyP99Us: number
  readonly byEmailP50Us: number
  readonly byEmailP99Us: number
}

/** So many look-ups, and then others have their turn, as between requests. */
const AT_A_TIME = 20

/**
 * What a look-up takes without HTTP and GraphQL, while the server that owns the directory may be writing it: by the
 * server's own reader over a connection like the server's, one account at a time.
 *
 * @param folder where the server makes its temporary directory.
 */
export async function measureInProcess(folder: string, people: number, ms: number): Promise<InProcessResult> {
  const made = readdirSync(folder).find((name) => name.startsWith('identity-directory-'))
  if (made === undefined) throw new Error('the server has no temporary directory')
  const reader = new SqliteReader(openConnection(join(folder, made, 'directory.db'), 'reader', false))
  const [byKey, byEmail]: [number[], number[]] = [[], []]
  const time = (times: number[], lookUp: () => boolean): void => {
    const startedAt = performance.now()
    const isFound = lookUp()
    times.push((performance.now() - startedAt) * 1_000)
    if (!isFound) throw new Error('somebody who is in the directory was not found')
  }
  try {
    const until = performance.now() + ms
    for (let turn = 0; performance.now() < until; turn++) {
      if (turn % AT_A_TIME === 0) await setImmediate()
      const place = (turn * 7_919) % people
      const { source, sourceId, email } = turn % 2 === 0 ? shownLegacy(place) : shownSitePartner(place)
      time(byKey, () => reader.byKeys([{ source, sourceId }])[0] !== undefined)
      const address = email === null ? null : normalizeEmail(email)
      if (address !== null) time(byEmail, () => (reader.byEmails([address], SOURCES)[0] ?? []).length > 0)
    }
  } finally {
    reader.close()
  }
  return {
    byKeyP50Us: quantile(byKey, 0.5),
    byKeyP99Us: quantile(byKey, 0.99),
    byEmailP50Us: quantile(byEmail, 0.5),
    byEmailP99Us: quantile(byEmail, 0.99),
  }
}

function quantile(times: readonly number[], share: number): number {
  const sorted = Float64Array.from(times).toSorted()
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}
