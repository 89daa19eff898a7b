import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { request } from 'undici'

/** When keys are looked up again in the background. */
const REFRESH_AFTER_MS = 5 * 60_000
/** So long may a key that was taken away still be taken here; when nobody asked before, who asks then waits. */
const UNSEEN_MS = 2 * REFRESH_AFTER_MS
/** How long the last good keys are kept while there are no newer ones to be had. */
const KEEP_MS = 60 * 60_000
/** Tokens with made-up key ids must not become a load on whoever publishes the keys. */
const COOLDOWN_MS = 30_000
const COOLDOWN_AFTER_FAILURE_MS = 5_000
const TIMEOUT_MS = 3_000
const MAX_BODY_BYTES = 256 * 1024

/** Finds the key that a token names. The same object as long as the published keys stay the same. */
export type Keys = ReturnType<typeof createLocalJWKSet>

export interface KeySet {
  /** Undefined when none could be had within the last hour. */
  current(): Promise<Keys | undefined>
  /** For a token whose key is not among these: others, or undefined when there are none, or it is too early to ask. */
  newerThan(keys: Keys): Promise<Keys | undefined>
}

export interface KeySetOptions {
  /** @throws when the keys cannot be had. */
  readonly load: () => Promise<JSONWebKeySet>
  readonly monotonicNow: () => number
  readonly onFailure: (error: unknown) => void
}

/**
 * Published keys, loaded when they are first needed. jose has a key set of its own that asks for them, but once that one's
 * are ten minutes old and their publisher is down, it refuses every token.
 */
export function createKeySet({ load, monotonicNow, onFailure }: KeySetOptions): KeySet {
  let known: { readonly keys: Keys; readonly text: string; readonly loadedAt: number } | undefined
  let loading: Promise<void> | undefined
  let notBefore = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY

  const reload = async (): Promise<void> => {
    try {
      const published = await load()
      const text = JSON.stringify(published)
      const keys = known?.text === text ? known.keys : createLocalJWKSet(published)
      known = { keys, text, loadedAt: monotonicNow() }
      notBefore = monotonicNow() + COOLDOWN_MS
    } catch (error) {
      notBefore = monotonicNow() + COOLDOWN_AFTER_FAILURE_MS
      onFailure(error)
    } finally {
      lookedAt = monotonicNow()
      loading = undefined
    }
  }
  const refresh = async (): Promise<void> => {
    if (!loading && monotonicNow() < notBefore) return
    await (loading ??= reload())
  }
  const age = (): number => (known ? monotonicNow() - known.loadedAt : Number.POSITIVE_INFINITY)

  return {
    async current() {
      // While their publisher is down, looking fails again and again, and nobody waits for that.
      if (age() >= KEEP_MS || monotonicNow() - lookedAt >= UNSEEN_MS) await refresh()
      else if (age() >= REFRESH_AFTER_MS) void refresh()
      return age() < KEEP_MS ? known?.keys : undefined
    },
    async newerThan(keys) {
      await refresh()
      return known?.keys === keys ? undefined : known?.keys
    },
  }
}

/** Asks for the published keys: bounded in time and size, and following nobody elsewhere. */
export async function fetchKeys(url: string, timeoutMs = TIMEOUT_MS): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(url, {
    headers: { accept: 'application/json, application/jwk-set+json', 'accept-encoding': 'identity' },
    signal: AbortSignal.timeout(timeoutMs),
    reset: true,
  })
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    // Leaving the loop destroys the stream, and with it the connection.
    if (length > MAX_BODY_BYTES) throw new Error('The key set is too large')
    chunks.push(chunk)
  }
  if (statusCode !== 200) throw new Error('The key set was not given')
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet
}
