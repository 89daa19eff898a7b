import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { createSigner, readSigned, signerOf } from './cursor-signature.ts'
import { BETWEEN, fromWord, toWord } from './cursor-words.ts'
import { foreignCursor, malformedCursor, type CursorKeys } from './cursor.ts'
import type { AccountKey } from './identity-id.ts'
import { SOURCES } from './identity.ts'

/** Where an account stands in an order, whether it is still there or not. */
export interface DirectoryPosition extends AccountKey {
  /** What it is ordered by: milliseconds, an e-mail address, the start of a name. */
  readonly key: string | number | null
}

const VERSION = 2
/** Room for any id and address that an upstream could think of; usual ones make 100 to 200. */
const MAX_LENGTH = 16_384
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** 48 bits, as a fingerprint has. */
const BLINDED_LENGTH = 12
/** Of questions, so that each is blinded once for its pages and not once for each row. */
const MAX_BLINDED = 100

/** Whether it is the cursor of a walk in the synced directory: a walk ends in the mode in which it began. */
export function isDirectoryCursor(text: string): boolean {
  return !text.includes('.')
}

/**
 * Makes the cursors of a page, each a position as signed text: the account may be gone when a walk goes on behind it, so a
 * cursor carries what it is ordered by. That may be an address or a name, and then it is encrypted. A time and a source's
 * id are nothing personal, and so are only signed, `<version>~<query>~<source>~<time>~<id>~<signature>`, which costs a
 * fifth: a page has a cursor for each row. Equal positions make equal cursors, and callers must not read them.
 *
 * @param query fingerprint of filter and order. Where it could be read it is blinded: a filter may hold an address, and
 * whoever finds a cursor in a log could try addresses against a bare digest.
 */
export function createDirectoryCursors(query: string, keys: CursorKeys): (position: DirectoryPosition) => string {
  const secrets = secretsOf(keys())
  const sign = signerOf(secrets.signing)
  const head = `${VERSION}${BETWEEN}${blinded(query, secrets)[0]}${BETWEEN}`
  return ({ source, sourceId, key }) => {
    const at = SOURCES.indexOf(source)
    if (typeof key === 'string') return seal(JSON.stringify([VERSION, query, at, sourceId, key]), secrets)
    const signed = head + at + BETWEEN + (key ?? '') + BETWEEN + toWord(sourceId)
    return signed + BETWEEN + sign(signed)
  }
}

/** @throws PublicError BAD_USER_INPUT unless we made this cursor, for this filter and order. */
export function decodeDirectoryCursor(text: string, query: string, keys: CursorKeys): DirectoryPosition {
  if (text.length > MAX_LENGTH) throw malformedCursor()
  const secrets = secretsOf(keys())
  // Encrypted text is one word.
  const content = text.includes(BETWEEN) ? openSigned(text, secrets) : openSealed(text, secrets)
  if (!content) throw malformedCursor()
  const [version, madeFor, at, sourceId, key] = content
  if (version !== VERSION) throw malformedCursor()
  if (madeFor !== query && !blinded(query, secrets).includes(madeFor)) throw foreignCursor()
  return { source: SOURCES[at] as DirectoryPosition['source'], sourceId, key }
}

type Content = readonly [version: number, query: string, source: number, sourceId: string, DirectoryPosition['key']]

/** Undefined: it was not signed with any of these keys. */
function openSigned(text: string, { signing }: Secrets): Content | undefined {
  const words = readSigned(text, BETWEEN, signing)?.split(BETWEEN)
  if (!words) return undefined
  const [version, madeFor, at, time, id] = words as [string, string, string, string, string]
  return [Number(version), madeFor, Number(at), fromWord(id) as string, time === '' ? null : Number(time)]
}

/** Undefined: it was not encrypted with any of these keys. */
function openSealed(text: string, secrets: Secrets): Content | undefined {
  const plain = unseal(text, secrets)
  return plain === undefined ? undefined : (JSON.parse(plain) as Content)
}

function blinded(query: string, { signing, blindedQueries }: Secrets): Blinded {
  const known = blindedQueries.get(query)
  if (known) return known
  const texts = signing.map((key) => createSigner(key)(`query ${query}`).slice(0, BLINDED_LENGTH))
  const made = texts as [string, ...string[]]
  blindedQueries.set(query, made)
  return made
}

function seal(plain: string, { signing, sealing }: Secrets): string {
  // Taken from the content: the same nonce then never serves two contents, and nothing has to be random.
  const nonce = Buffer.from(signerOf(signing)(plain), 'hex').subarray(0, NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', sealing[0] as KeyObject, nonce)
  return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** Undefined: it was not made with any of these keys, or not by us. */
function unseal(text: string, { sealing }: Secrets): string | undefined {
  const sealed = Buffer.from(text, 'base64url')
  // Decoding forgives characters that encoding never writes; only the one spelling that we gave is good.
  if (sealed.length <= NONCE_BYTES + TAG_BYTES || sealed.toString('base64url') !== text) return undefined
  return sealing.map((key) => open(sealed, key)).find((opened) => opened !== undefined)
}

function open(sealed: Buffer, key: KeyObject): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
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

/** By each of the keys, the newest first. */
type Blinded = readonly [string, ...string[]]

interface Secrets {
  readonly signing: readonly [string, ...string[]]
  /** As objects: of bytes Node makes one for each cipher, which costs more than to encrypt a cursor. */
  readonly sealing: readonly KeyObject[]
  readonly blindedQueries: LRUCache<string, Blinded>
}

/** While keys are not rotated they stay the same array. */
const knownSecrets = new WeakMap<readonly string[], Secrets>()

/** Other keys than those that sign the cursors of live walks. */
function secretsOf(keys: readonly string[]): Secrets {
  const known = knownSecrets.get(keys)
  if (known) return known
  const derived = keys.map((text) => createHmac('sha256', text).update('directory cursor').digest())
  const signing = derived.map((key) => key.toString('base64')) as [string, ...string[]]
  const sealing = derived.map((key) => createSecretKey(key))
  const made = { signing, sealing, blindedQueries: new LRUCache<string, Blinded>({ max: MAX_BLINDED }) }
  knownSecrets.set(keys, made)
  return made
}
