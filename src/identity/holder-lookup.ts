import DataLoader from 'dataloader'
import { normalizeEmail } from './email.ts'
import type { Identity } from './identity.ts'
import type { Sweep } from './sweep.ts'

/** Normalized e-mail -> the identities of every source that have it, for one request. */
export type HolderLoader = DataLoader<string, readonly Identity[]>

/**
 * No upstream can be asked for an e-mail address, so every source is gone through to its end: the addresses of one tick
 * in one go. Only then is it known that nobody else has one of them.
 */
export function createHolderLoader(joinSweeps: () => readonly Sweep[], signal: AbortSignal): HolderLoader {
  return new DataLoader(
    async (emails) => {
      const wanted = new Set(emails)
      const found = await Promise.all(joinSweeps().map((sweep) => findByEmail(wanted, sweep, signal)))
      return emails.map((email) => found.flatMap((byEmail) => byEmail.get(email) ?? []))
    },
    { name: 'holder' },
  )
}

async function findByEmail(
  wanted: ReadonlySet<string>,
  sweep: Sweep,
  signal: AbortSignal,
): Promise<Map<string, Identity[]>> {
  const found = new Map<string, Identity[]>()
  for await (const rows of sweep.pages(signal)) {
    for (const row of rows) {
      const email = row.email ? normalizeEmail(row.email) : null
      if (email !== null && wanted.has(email)) found.set(email, [...(found.get(email) ?? []), row])
    }
  }
  return found
}
