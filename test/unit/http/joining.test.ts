import { beforeEach, expect, test, vi } from 'vitest'
import { withinDeadline } from '../../../src/http/deadline.ts'
import { singleFlight } from '../../../src/http/single-flight.ts'
import type { HttpRequest, HttpResponse, HttpTransport } from '../../../src/http/transport.ts'

/** The calls under way, in their order; the status of each is its number. */
let calls: { readonly request: HttpRequest; readonly end: () => void }[]
let send: HttpTransport
beforeEach(() => {
  calls = []
  send = singleFlight()((request) => {
    const { promise, resolve } = Promise.withResolvers<HttpResponse>()
    const status = calls.length
    calls.push({ request, end: () => resolve({ status, headers: {}, body: undefined }) })
    return promise
  })
})

test('who wants what is new does not join a call that began before, and those behind join the newer one', async () => {
  const older = send(get())
  await later()
  const newer = send(get({ notBefore: performance.now() }))
  const behind = send(get())
  expect(calls).toHaveLength(2)
  // The older one ends, and the newer one can be joined all the same.
  calls[0]?.end()
  expect((await older).status).toBe(0)
  const last = send(get())
  calls[1]?.end()
  expect((await Promise.all([newer, behind, last])).map(({ status }) => status)).toEqual([1, 1, 1])
  expect(calls).toHaveLength(2)
})

test('a shared call has the time of the most patient of those who wait for it', async () => {
  void send(get({ deadline: 1_000 }))
  const deadlines = [calls[0]?.request.deadline]
  for (const deadline of [3_000, 2_000, undefined]) {
    void send(get(deadline === undefined ? {} : { deadline }))
    deadlines.push(calls[0]?.request.deadline)
  }
  expect(deadlines).toEqual([1_000, 3_000, 3_000, Number.POSITIVE_INFINITY])
})

test('who is waited for does not join what nobody waits for, which comes last everywhere', async () => {
  void send(get({ background: true }))
  void send(get({ background: true }))
  void send(get())
  expect(calls.map(({ request }) => request.background)).toEqual([true, undefined])
})

test('nothing is sent when the time is up, and it is said so', async () => {
  const next = vi.fn<HttpTransport>(async () => ({ status: 200, headers: {}, body: undefined }))
  const timely = withinDeadline(() => 1_000)(next)
  await expect(timely(get({ deadline: 1_000 }))).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    delivery: 'NOT_SENT',
  })
  expect(next).not.toHaveBeenCalled()
  await timely(get({ deadline: 1_001 }))
  await timely(get())
  expect(next).toHaveBeenCalledTimes(2)
})

function get(changes: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', path: '/user', signal: new AbortController().signal, ...changes }
}

/** Until the monotonic clock has gone on. */
async function later(): Promise<void> {
  const now = performance.now()
  await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(now))
}
