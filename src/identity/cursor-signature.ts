import { hash, timingSafeEqual } from 'node:crypto'

/** Of hexadecimal digits, 4 bits each: 132 of the 256 bits. */
const SIGNATURE_LENGTH = 33

export type Sign = (text: string) => string

/** While keys are not rotated they stay the same array. */
const signersOf = new WeakMap<readonly string[], readonly Sign[]>()

/** What signs with the first of the keys. */
export function signerOf(keys: readonly [string, ...string[]]): Sign {
  return signers(keys)[0] as Sign
}

/** What stands before the last mark, behind which is its signature; undefined unless one of the keys signed it. */
export function readSigned(text: string, mark: string, keys: readonly string[]): string | undefined {
  const at = text.lastIndexOf(mark)
  if (at < 0 || text.length - at - mark.length !== SIGNATURE_LENGTH) return undefined
  const signed = text.slice(0, at)
  const given = Buffer.from(text.slice(at + mark.length))
  const isRight = signers(keys).some((sign) => {
    const right = Buffer.from(sign(signed))
    // What is no ASCII has more bytes than characters.
    return right.length === given.length && timingSafeEqual(right, given)
  })
  return isRight ? signed : undefined
}

function signers(keys: readonly string[]): readonly Sign[] {
  const known = signersOf.get(keys)
  if (known) return known
  const made = keys.map(createSigner)
  signersOf.set(keys, made)
  return made
}

/**
 * SHA-512/256 (FIPS 180-4) of the key and then the text. HMAC nests two hashes because whoever knows a whole inner state
 * can hash on from it. Of this hash's state half is never shown, and without it the key before the text makes a good MAC:
 * "Merkle-Damgård Revisited" (Coron and others, CRYPTO 2005), "Hash-Function Based PRFs: AMAC" (Bellare and others,
 * EUROCRYPT 2016), Ed25519. One hash costs half of two, and a page has a cursor for each row.
 */
export function createSigner(key: string): Sign {
  // Always as long, so that no other key and text can be read out of them; with a usual text it fits into one block.
  const first = hash('sha256', key, 'base64url')
  return (text) => hash('sha512-256', first + text, 'hex').slice(0, SIGNATURE_LENGTH)
}
