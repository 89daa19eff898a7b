import type { Identity } from '../identity.ts'
import type { AccountFinder } from './account-finder.ts'
import { judgeClaim, type Wanted } from './claim.ts'
import { readNow, type WriteScope } from './write-scope.ts'
import type { WriteTools } from './write-tools.ts'

/** An upstream may still be at it when we look for the first time. */
const SECOND_LOOK_AFTER_MS = 1_000

export type Fate =
  | { readonly kind: 'CREATED'; readonly identity: Identity }
  | { readonly kind: 'TAKEN'; readonly holder: Identity }
  | { readonly kind: 'UNKNOWN' }

/**
 * Finds out by the list, twice, what became of a creation that may have been made. That nobody is there proves nothing: it
 * may be on its way still. So there is no "not created" here, unless somebody else has the address.
 *
 * @param startedAt when the creation was begun, in milliseconds of the epoch.
 * @param isOfAnother whether an account is known to have been made by another creation of ours.
 */
export async function findFate(
  { monotonicNow, pause }: WriteTools,
  finder: AccountFinder,
  scope: WriteScope,
  wanted: Wanted,
  startedAt: number,
  isOfAnother: (sourceId: string) => Promise<boolean>,
): Promise<Fate> {
  const first = await look()
  if (first.kind !== 'UNKNOWN') return first
  return pause(SECOND_LOOK_AFTER_MS, scope.signal).then(look, () => first)

  async function look(): Promise<Fate> {
    const holders = await finder.byEmail(wanted.email, readNow(scope, monotonicNow)).catch(() => [])
    const claims = await Promise.all(
      holders.map(async (identity) => {
        const isForeign = await isOfAnother(identity.sourceId)
        return { identity, claim: isForeign ? 'FOREIGN' : judgeClaim(identity, wanted, startedAt) }
      }),
    )
    const ours = claims.find(({ claim }) => claim === 'OURS')
    if (ours) return { kind: 'CREATED', identity: ours.identity }
    const foreign = claims.find(({ claim }) => claim === 'FOREIGN')
    // Beside somebody else's account ours cannot be, where one address has one account.
    return foreign?.identity.source === 'LEGACY' ? { kind: 'TAKEN', holder: foreign.identity } : { kind: 'UNKNOWN' }
  }
}
