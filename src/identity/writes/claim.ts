import { normalizeEmail } from '../email.ts'
import type { Identity } from '../identity.ts'

/** What was asked to be created. Undefined names were not given. */
export interface Wanted {
  readonly email: string
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly partnerId: string | undefined
}

/** How far the source's clock may be behind ours, in milliseconds. */
const CLOCK_TOLERANCE_MS = 300_000

/**
 * Whether an account that has the address is the one that we asked for. Nobody had the address when we looked, right before
 * the POST.
 *
 * - `OURS`: it bears the same names, and was created since.
 * - `FOREIGN`: it bears other names, and is older.
 * - `UNCLEAR`: one of the two speaks for us and one against.
 *
 * @param startedAt when we looked, in milliseconds of the epoch.
 */
export function judgeClaim(account: Identity, wanted: Wanted, startedAt: number): 'OURS' | 'FOREIGN' | 'UNCLEAR' {
  const createdAt = Date.parse(account.createdAt ?? '')
  const isNew = Number.isNaN(createdAt) ? undefined : createdAt >= startedAt - CLOCK_TOLERANCE_MS
  if (isSame(account, wanted)) return isNew === false ? 'UNCLEAR' : 'OURS'
  return isNew === true ? 'UNCLEAR' : 'FOREIGN'
}

function isSame(account: Identity, wanted: Wanted): boolean {
  const isHolder = !!account.email && normalizeEmail(account.email) === normalizeEmail(wanted.email)
  const partner = account.partner?.id
  const isOfPartner = wanted.partnerId === undefined || partner === undefined || partner === wanted.partnerId
  return (
    isHolder &&
    isOfPartner &&
    isSameName(account.firstName, wanted.firstName) &&
    isSameName(account.lastName, wanted.lastName)
  )
}

/** Sources may tidy names up. */
function isSameName(found: string | null | undefined, wanted: string | undefined): boolean {
  return tidy(found) === tidy(wanted)
}

function tidy(name: string | null | undefined): string {
  return (name ?? '').trim().replaceAll(/\s+/g, ' ').toLowerCase()
}
