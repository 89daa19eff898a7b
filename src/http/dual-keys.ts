import type { LegacyAuth } from '../config.ts'
import type { Secret } from '../config/secret.ts'
import { dualKeyHeaders } from './auth.ts'
import { pause, type Clock } from './clock.ts'
import type { Credential, Credentials } from './credentials.ts'

/** For the second file, when the first of a pair has changed. */
const LOOK_EVERY_MS = 50
const LOOKS = 20
/** Pairs that were refused and are remembered. */
const REMEMBERED = 4

export interface DualKeysOptions {
  readonly auth: LegacyAuth
  readonly applicationKey: Secret
  readonly userApiKey: Secret
  readonly clock: Clock
}

interface Pair extends Credential {
  readonly application: string
  readonly user: string
}

/**
 * The dual keys. Their files change one after the other, and a pair of one new and one old key is refused. So the last
 * pair that was taken is kept: it is used again in place of a pair that was refused, and if it is refused as well, the
 * second file is waited for, a second at most.
 */
export function createDualKeys({ auth, applicationKey, userApiKey, clock }: DualKeysOptions): Credentials {
  let refusals: readonly string[] = []
  let taken: Pair | undefined

  const read = (look?: 'now'): Pair => {
    const [application, user] = [applicationKey(look), userApiKey(look)]
    return { id: `${application}\0${user}`, headers: dualKeyHeaders(auth, application, user), application, user }
  }
  const isRefused = ({ id }: Pair): boolean => refusals.includes(id)

  return {
    // With half a new pair, and then with the whole.
    renewals: 2,
    async get() {
      const pair = read()
      return isRefused(pair) && taken && !isRefused(taken) ? taken : pair
    },
    async renew(refused, signal) {
      refusals = [...refusals.filter((id) => id !== refused.id), refused.id].slice(-REMEMBERED)
      for (let look = 0; ; look++) {
        const pair = read('now')
        if (!isRefused(pair)) return pair
        if (taken && !isRefused(taken)) return taken
        // Refused before is not refused for ever: a new pair may have been here before it was in force there.
        if (!isHalfOf(taken, pair)) return pair.id === refused.id ? undefined : pair
        if (look === LOOKS) return undefined
        await pause(clock, LOOK_EVERY_MS, signal)
      }
    },
    accepted(credential) {
      // None but ours come back.
      taken = credential as Pair
      if (refusals.length > 0) refusals = refusals.filter((id) => id !== credential.id)
    },
    version: () => read('now').id,
  }
}

function isHalfOf(before: Pair | undefined, now: Pair): boolean {
  return before !== undefined && (before.application === now.application) !== (before.user === now.user)
}
