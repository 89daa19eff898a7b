import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createReadScope } from '../../../src/server/read-scope.ts'

/** As much of a request and its reply as the scope looks at. */
function exchange(destroyed: boolean) {
  const raw = Object.assign(new EventEmitter(), { destroyed })
  return { request: { headers: {} } as FastifyRequest, reply: { raw } as unknown as FastifyReply, raw }
}

describe('the scope of a request', () => {
  it('is over from the start when the client had gone before', () => {
    const { request, reply } = exchange(true)
    expect(createReadScope(request, reply, 4_000).signal.aborted).toBe(true)
  })

  it('is over with its answer, and leaves no timer behind', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { request, reply, raw } = exchange(false)
    const { signal } = createReadScope(request, reply, 4_000)
    expect([signal.aborted, vi.getTimerCount()]).toEqual([false, 1])
    raw.emit('close')
    expect([signal.aborted, vi.getTimerCount()]).toEqual([true, 0])
  })
})
