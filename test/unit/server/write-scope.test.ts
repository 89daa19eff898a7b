import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { beginWriteScope } from '../../../src/server/write-scope.ts'

const request = { id: 'request-1' } as FastifyRequest

/** As much of a reply as the scope looks at. */
function replyTo(destroyed = false) {
  const raw = Object.assign(new EventEmitter(), { destroyed })
  return { reply: { raw } as unknown as FastifyReply, raw }
}

describe('the scope of a mutation', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is over from the start when the client had gone before', () => {
    expect(beginWriteScope(request, replyTo(true).reply, 1_000).signal.aborted).toBe(true)
  })

  it('is over when the client leaves before anything is written, and not after', () => {
    const [idle, writing] = [replyTo(), replyTo()]
    const scopes = [beginWriteScope(request, idle.reply, 1_000), beginWriteScope(request, writing.reply, 1_000)]
    scopes[1]?.commit()
    for (const { raw } of [idle, writing]) raw.emit('close')
    expect(scopes.map(({ signal }) => signal.aborted)).toEqual([true, false])
  })

  it('is over when the time is up, whatever is being written', () => {
    const scope = beginWriteScope(request, replyTo().reply, 1_000)
    scope.commit()
    vi.advanceTimersByTime(999)
    expect(scope.signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(scope.signal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  })

  it('is one of many in a request, which Node is not to take for a leak', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    onTestFinished(() => warn.mockRestore())
    const { reply } = replyTo()
    for (let times = 0; times < 100; times++) beginWriteScope(request, reply, 1_000)
    expect(warn).not.toHaveBeenCalled()
  })

  it('leaves no timer and no listener behind', () => {
    const { reply, raw } = replyTo()
    const scope = beginWriteScope(request, reply, 1_000)
    expect([vi.getTimerCount(), raw.listenerCount('close')]).toEqual([1, 1])
    scope.end()
    expect([vi.getTimerCount(), raw.listenerCount('close'), scope.signal.aborted]).toEqual([0, 0, false])
  })
})
