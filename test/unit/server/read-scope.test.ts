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

  it('costs no timer and no listener as long as nobody listens', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { request, reply, raw } = exchange(false)
    const scope = createReadScope(request, reply, 4_000)
    expect([vi.getTimerCount(), raw.listenerCount('close')]).toEqual([0, 0])
    expect([scope.signal.aborted, vi.getTimerCount(), raw.listenerCount('close')]).toEqual([false, 1, 1])
  })

  it('is over for whoever begins to listen after the answer was out, within the time', () => {
    const { request, reply, raw } = exchange(false)
    const scope = createReadScope(request, reply, 4_000)
    raw.destroyed = true
    expect(scope.signal).toMatchObject({ aborted: true, reason: { message: 'The request is over.' } })
  })

  it('has as long as is left of the request, whenever somebody begins to listen', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { request, reply } = exchange(false)
    const scope = createReadScope(request, reply, 4_000)
    vi.advanceTimersByTime(3_000)
    const { signal } = scope
    vi.advanceTimersByTime(999)
    expect(signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(signal.aborted).toBe(true)
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

  it('is over for whoever begins to listen after the time was up, and stays over for that reason', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { request, reply, raw } = exchange(false)
    const scope = createReadScope(request, reply, 4_000)
    vi.advanceTimersByTime(4_000)
    raw.emit('close')
    expect(scope.signal).toMatchObject({ aborted: true, reason: { message: 'The time for this request is up.' } })
    expect([scope.signal === scope.signal, vi.getTimerCount()]).toEqual([true, 0])
  })

  it('tells whoever listens that the time is up', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { request, reply } = exchange(false)
    const { signal } = createReadScope(request, reply, 4_000)
    vi.advanceTimersByTime(3_999)
    expect(signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(signal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: 'The time for this request is up.' })
  })
})
