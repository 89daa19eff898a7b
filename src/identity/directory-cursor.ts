import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { createSigner } from './cursor-signature.ts'
import { foreignCursor, malformedCursor, type CursorKeys } from './cursor.ts'
import type { AccountKey } from './identity-id.ts'
import { SOURCES } from './identity.ts'

/** Where an account stands in an order, whether it is still there or not. */
export interface DirectoryPosition extends AccountKey {
  /** What it is ordered by: milliseconds, an e-mail address, the start of a name. */
  readonly key: string | number | null
}

const VERSION = 1
/** Room for any id and address that an upstream could think of; usual ones make 100 to 200. */
const MAX_LENGTH = 16_384
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Whether it is the cursor of a walk in the synced directory: a walk ends in the mode in which it began. */
export function isDirectoryCursor(text: string): boolean {
  return !text.includes('.')
}

/**
 * A position as encrypted text: the account may be gone when a walk goes on behind it, so a cursor carries what it is
 * ordered by, and that may be an address or a name. Equal positions make equal cursors.
 */
export function encodeDirectoryCursor(position: DirectoryPosition, query: string, keys: CursorKeys): string {
  const { source, sourceId, key } = position
  const plain = JSON.stringify([VERSION, query, SOURCES.indexOf(source), sourceId, key])
  const [secret] = secretsOf(keys()) as [Secret]
  // Taken from the content: the same nonce then never serves two contents, and nothing has to be random.
  const nonce = Buffer.from(secret.sign(plain), 'base64url').subarray(0, NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', secret.key, nonce)
  return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** @throws PublicError BAD_USER_INPUT unless we made this cursor, for this filter and order. */
export function decodeDirectoryCursor(text: string, query: string, keys: CursorKeys): DirectoryPosition {
  const sealed = text.length <= MAX_LENGTH ? Buffer.from(text, 'base64url') : Buffer.alloc(0)
  // Decoding forgives characters that encoding never writes; only the one spelling that we gave is good.
  if (sealed.length <= NONCE_BYTES + TAG_BYTES || sealed.toString('base64url') !== text) throw malformedCursor()
  const plain = secretsOf(keys())
    .map((secret) => open(sealed, secret.key))
    .find((opened) => opened !== undefined)
  if (plain === undefined) throw malformedCursor()
  const [version, madeFor, source, sourceId, key] = JSON.parse(plain) as [number, string, number, string, string | null]
  if (version !== VERSION) throw malformedCursor()
  if (madeFor !== query) throw foreignCursor()
  return { source: SOURCES[source] as DirectoryPosition['source'], sourceId, key }
}

/** Undefined: it was not made with this key, or not by us. */
function open(sealed: Buffer, secret: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([plain, decipher.final()]).toString()
  } catch {
    return undefined
  }
}

interface Secret {
  readonly key: Buffer
  readonly sign: (text: string) => string
}

/** While keys are not rotated they stay the same array. */
const knownSecrets = new WeakMap<readonly string[], readonly Secret[]>()

/** Other keys than those that sign the cursors of live walks. */
function secretsOf(keys: readonly string[]): readonly Secret[] {
  const known = knownSecrets.get(keys)
  if (known) return known
  const made = keys.map((text) => {
    const key = createHmac('sha256', text).update('directory cursor').digest()
    return { key, sign: createSigner(key.toString('base64')) }
  })
  knownSecrets.set(keys, made)
  return made
}
