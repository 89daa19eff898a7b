import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { expect, onTestFinished, test, vi } from 'vitest'
import { LOCAL } from '../../../src/graphql/caller.ts'
import type { IdentityDirectory, OpenDirectory } from '../../../src/identity/identity-directory.ts'
import type { IdentityWrites, OpenWrites } from '../../../src/identity/writes/identity-writes.ts'
import { createContext } from '../../../src/server/request-context.ts'

function open() {
  const request = { id: 'request-1', headers: {} } as FastifyRequest
  const reply = { raw: Object.assign(new EventEmitter(), { destroyed: false }) } as unknown as FastifyReply
  const openDirectory = vi.fn<OpenDirectory>(() => ({}) as IdentityDirectory)
  const openWrites = vi.fn<OpenWrites>(() => ({}) as IdentityWrites)
  const times = { deadlineMs: 4_000, mutationDeadlineMs: 20_000 }
  const context = createContext(request, reply, LOCAL, { openDirectory, openWrites, ...times })
  // As Apollo Server does.
  const copy: typeof context = Object.assign(Object.create(Object.getPrototypeOf(context)), context)
  return { context, copy, openDirectory, openWrites }
}

test('a request that only reads opens a directory, and no writes', () => {
  const { context, copy, openDirectory, openWrites } = open()
  expect(copy.directory).toBe(context.directory)
  expect([openDirectory.mock.calls.length, openWrites.mock.calls.length]).toEqual([1, 0])
})

test('all mutations of a request share its writes, and what is read after one of them its new directory', () => {
  const { context, copy, openWrites } = open()
  const { directory, writes } = copy
  expect(context.writes).toBe(writes)
  expect(openWrites).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ requestId: 'request-1', caller: LOCAL.name }),
  )
  openWrites.mock.calls[0]?.[0].onEnded()
  expect(copy.directory).not.toBe(directory)
  expect(copy.directory).toBe(context.directory)
})

test('all mutations of a request share one deadline, which is also that of what is read after them', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { context, openDirectory, openWrites } = open()
  const endsAt = performance.now() + 20_000
  vi.advanceTimersByTime(5_000)
  // Opened late, for all that it has no time of its own.
  expect(context.writes).toBeDefined()
  const [[{ beginWrite, onEnded }]] = openWrites.mock.calls as [Parameters<OpenWrites>]
  const deadlineOf = (): number | undefined => {
    const scope = beginWrite()
    scope.end()
    return scope.deadline
  }
  expect(deadlineOf()).toBe(endsAt)
  onEnded()
  expect(openDirectory.mock.lastCall?.[0].deadline).toBe(endsAt - 11_000)
  vi.advanceTimersByTime(13_000)
  expect(deadlineOf()).toBe(endsAt)
  onEnded()
  expect(openDirectory.mock.lastCall?.[0].deadline).toBe(endsAt)
})
