import DataLoader from 'dataloader'
import type { ReadScope } from './account-source.ts'
import { normalizeEmail } from './email.ts'
import type { Identity } from './identity.ts'
import type { Sweep } from './sweep.ts'

/** Normalized e-mail -> the identities of every source that have it, for one request. */
export type HolderLoader = DataLoader<string, readonly Identity[]>

/**
 * No upstream can be asked for an e-mail address, so every source is gone through to its end: the addresses of one tick
 * in one go. Only then is it known that nobody else has one of them.
 *
 * @param complete the same identity with the fields that its row did not carry.
 */
export function createHolderLoader(
  joinSweeps: () => readonly Sweep[],
  complete: (identity: Identity) => Promise<Identity>,
  scope: ReadScope,
): HolderLoader {
  return new DataLoader(
    async (emails) => {
      const wanted = new Set(emails)
      const found = await Promise.all(joinSweeps().map((sweep) => findByEmail(wanted, sweep, complete, scope)))
      return emails.map((email) => found.flatMap((byEmail) => byEmail.get(email) ?? []))
    },
    { name: 'holder' },
  )
}

async function findByEmail(
  wanted: ReadonlySet<string>,
  sweep: Sweep,
  complete: (identity: Identity) => Promise<Identity>,
  scope: ReadScope,
): Promise<Map<string, Identity[]>> {
  const found = new Map<string, Identity[]>()
  for await (const { rows } of sweep.pages(scope)) {
    // A row that does not say its address may have the one that is looked for.
    const readable = rows.every((row) => row.email !== undefined)
    for (const row of readable ? rows : await Promise.all(rows.map(withEmail(complete)))) {
      const email = row.email ? normalizeEmail(row.email) : null
      if (email !== null && wanted.has(email)) found.set(email, [...(found.get(email) ?? []), row])
    }
  }
  return found
}

function withEmail(complete: (identity: Identity) => Promise<Identity>) {
  return async (row: Identity): Promise<Identity> => (row.email === undefined ? complete(row) : row)
}
