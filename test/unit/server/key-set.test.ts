import type { RequestListener } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createKeySet, fetchKeys, type KeySet } from '../../../src/server/key-set.ts'
import { createSigningKey, startIssuer, type Issuer } from '../../fixtures/issuer.ts'

const MINUTE_MS = 60_000

let issuer: Issuer
let keySet: KeySet
let failures: number
let now: number
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
beforeEach(() => {
  issuer.publish(issuer.key)
  issuer.answerWith(undefined)
  failures = 0
  now = 5_000_000
  keySet = createKeySet({
    load: async () => fetchKeys(issuer.environment.JWKS_URL),
    monotonicNow: () => now,
    onFailure: () => void failures++,
  })
})

const down: RequestListener = (_request, response) => void response.writeHead(503).end()

test('nothing is asked before it is needed, and once for all who need it at the same time', async () => {
  const before = issuer.asked()
  const [first, ...rest] = await Promise.all(Array.from({ length: 10 }, async () => keySet.current()))
  expect(first).toBeDefined()
  expect(new Set([first, ...rest]).size).toBe(1)
  expect(issuer.asked() - before).toBe(1)
})

test('while their publisher is down the last good keys are kept for an hour', async () => {
  const keys = await keySet.current()
  issuer.answerWith(down)
  now += 59 * MINUTE_MS
  expect(await keySet.current()).toBe(keys)
  now += MINUTE_MS
  expect(await keySet.current()).toBeUndefined()
  expect(failures).toBeGreaterThan(0)
})

test('where the publisher is down at the start there are no keys, and every five seconds another look', async () => {
  issuer.answerWith(down)
  const before = issuer.asked()
  expect([await keySet.current(), await keySet.current()]).toEqual([undefined, undefined])
  expect([issuer.asked() - before, failures]).toEqual([1, 1])
  issuer.answerWith(undefined)
  now += 5_000
  expect(await keySet.current()).toBeDefined()
})

test('after five minutes others are looked for, and nobody waits for them', async () => {
  const keys = await keySet.current()
  issuer.publish(await createSigningKey('second'))
  // Answers when we say so: whoever waited for it would wait for ever.
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { published } = await createSigningKey('second')
  issuer.answerWith((_request, response) => {
    asked.resolve()
    void answer.promise.then(() => response.end(JSON.stringify({ keys: [published] })))
  })
  now += 5 * MINUTE_MS
  expect(await keySet.current()).toBe(keys)
  await asked.promise
  answer.resolve()
  await expect.poll(async () => (await keySet.current()) !== keys).toBe(true)
})

// On a server that nobody had asked for 59 minutes, the first request was let in by a key that had been taken away long
// since: others were looked for only in the background.
test('after a quiet time whoever asks waits for others, once', async () => {
  const keys = await keySet.current()
  issuer.publish(await createSigningKey('second'))
  now += 10 * MINUTE_MS
  const others = await keySet.current()
  expect(others).toBeDefined()
  expect(others).not.toBe(keys)

  issuer.answerWith(down)
  now += 10 * MINUTE_MS
  expect(await keySet.current()).toBe(others)
  expect(failures).toBe(1)
  // It is down, and now it hangs: nobody waits for it again.
  issuer.answerWith(() => undefined)
  now += 6_000
  expect(await Promise.race([keySet.current(), delay(1_000)])).toBe(others)
})

test('the same keys stay the same object, so that what was verified by them stays good', async () => {
  const keys = await keySet.current()
  now += MINUTE_MS
  const before = issuer.asked()
  expect(keys && (await keySet.newerThan(keys))).toBeUndefined()
  expect(issuer.asked() - before).toBe(1)
  expect(await keySet.current()).toBe(keys)
})

test('what is no key set does not push out one that is', async () => {
  const keys = await keySet.current()
  for (const body of ['{}', '{"keys":"none"}', 'nonsense', '']) {
    issuer.answerWith((_request, response) => void response.end(body))
    now += MINUTE_MS
    expect(keys && (await keySet.newerThan(keys))).toBeUndefined()
  }
  expect(failures).toBe(4)
  expect(await keySet.current()).toBe(keys)
})

describe('a publisher', () => {
  test.each<[string, RequestListener]>([
    ['hangs', () => undefined],
    ['begins and hangs', (_request, response) => void response.write('{"keys":[')],
    ['never ends', (_request, response) => endless(response)],
    [
      'sends elsewhere',
      (_request, response) => void response.writeHead(302, { location: '/other' }).end('{"keys":[]}'),
    ],
    ['fails', (_request, response) => void response.writeHead(500).end('{"keys":[]}')],
    ['leaves', (_request, response) => void response.destroy()],
  ])('that %s is given up, and followed nowhere', async (_name, listener) => {
    issuer.answerWith(listener)
    const before = issuer.asked()
    await expect(fetchKeys(issuer.environment.JWKS_URL, 200)).rejects.toThrow()
    expect(issuer.asked() - before).toBe(1)
  })

  test('that gives more than 256 kB is given up before the time is', async () => {
    issuer.answerWith((_request, response) => void response.end(`{"keys":[]${' '.repeat(300_000)}}`))
    await expect(fetchKeys(issuer.environment.JWKS_URL, 10_000)).rejects.toThrow('too large')
  })
})

function endless(response: Parameters<RequestListener>[1]): void {
  const timer = setInterval(() => response.write(' '), 10)
  response.on('close', () => clearInterval(timer))
}
