import { hkdfSync } from 'node:crypto'
import type { CursorKeys } from '../identity/cursor.ts'
import type { Secret } from './secret.ts'

/** Tells these keys from whatever else may ever be derived from the same credentials. */
const PURPOSE = 'identity-subgraph/cursor/v1'

/**
 * The keys that sign cursors, from CURSOR_SECRET (`new` or `new,old`) or, without it, from the upstreams' credentials: so
 * all replicas agree without one more secret. When the secret changes while we run, the one before it stays good.
 */
export function createCursorKeys(cursorSecret: Secret | undefined, credentials: readonly Secret[]): CursorKeys {
  const read = (): string => cursorSecret?.() ?? credentials.map((secret) => secret()).join('\0')
  const derive = (secret: string): string[] =>
    (cursorSecret ? secret.split(',') : [secret])
      .map((part) => part.trim())
      .filter(Boolean)
      .map(deriveKey)
  // Credentials are rotated together, but their files change one by one: each is a step on the way to the new secret.
  const kept = cursorSecret ? 1 : credentials.length
  let secret = read()
  let keys = derive(secret)
  return () => {
    const newest = read()
    if (newest !== secret) {
      secret = newest
      keys = [...derive(newest), ...keys.slice(0, kept)]
    }
    return keys as [string, ...string[]]
  }
}

function deriveKey(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32)).toString('base64')
}
