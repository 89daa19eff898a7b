import { createHash } from 'node:crypto'
import { errors, jwtVerify, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import type { TokenConfig } from '../config/access.ts'
import type { Caller } from '../graphql/caller.ts'
import type { Keys, KeySet } from './key-set.ts'
import { toCaller } from './token-claims.ts'

/**
 * Signatures by a private key only. With HMAC among them, anybody who knows the public key could sign; a token that names
 * `none` or anything else is refused before a key is looked for.
 */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519']
/** RFC 9068 and what issuers wrote before it. Other kinds of tokens by the same issuer (logout, DPoP proofs) are no access. */
const TYPES: ReadonlySet<string | undefined> = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt'])
const CLOCK_TOLERANCE_SECONDS = 5
/** Routers send a client's token with each of its requests; a signature costs more than many whole reads. */
const REMEMBERED_TOKENS = 1_000

/** Undefined for a token that is not good, whatever the reason. */
export type VerifyToken = (token: string) => Promise<Caller | undefined>

export interface BearerTokenOptions {
  readonly config: Pick<TokenConfig, 'issuer' | 'audience'>
  readonly keySet: KeySet
  readonly now: () => Date
}

interface Verified {
  readonly caller: Caller
  /** In seconds since 1970. All else that was looked at cannot change as long as the keys do not. */
  readonly expiresAt: number
}

export function createTokenVerifier({ config, keySet, now }: BearerTokenOptions): VerifyToken {
  const remembered = new LRUCache<string, Verified>({ max: REMEMBERED_TOKENS })
  let rememberedFor: Keys | undefined

  const verify = async (token: string, keys: Keys): Promise<Verified> => {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: config.issuer,
      audience: config.audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp'],
      currentDate: now(),
    })
    if (!TYPES.has(protectedHeader.typ?.toLowerCase())) throw new errors.JWTInvalid('not an access token')
    return { caller: toCaller(payload), expiresAt: (payload as JWTPayload & { exp: number }).exp }
  }

  const verifyWithNewest = async (token: string, keys: Keys): Promise<Verified> => {
    try {
      return await verify(token, keys)
    } catch (error) {
      // A key that is not known may have been published since.
      const newer = error instanceof errors.JWKSNoMatchingKey ? await keySet.newerThan(keys) : undefined
      if (!newer) throw error
      return verify(token, newer)
    }
  }

  return async (token) => {
    const keys = await keySet.current()
    if (!keys) return undefined
    // Who was let in by a key that is no longer published has to show a token again.
    if (keys !== rememberedFor) remembered.clear()
    rememberedFor = keys
    const digest = createHash('sha256').update(token).digest('base64')
    const known = remembered.get(digest)
    if (known) return now().getTime() / 1000 < known.expiresAt + CLOCK_TOLERANCE_SECONDS ? known.caller : undefined
    try {
      const verified = await verifyWithNewest(token, keys)
      // Keys may have changed while the signature was looked at.
      if (keys === rememberedFor) remembered.set(digest, verified)
      return verified.caller
    } catch {
      return undefined
    }
  }
}
