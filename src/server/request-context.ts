import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../graphql/caller.ts'
import type { Context } from '../graphql/context.ts'
import type { OpenDirectory } from '../identity/identity-directory.ts'
import type { OpenWrites } from '../identity/writes/identity-writes.ts'
import { createReadScope } from './read-scope.ts'
import { beginWriteScope } from './write-scope.ts'

export interface RequestContextOptions {
  readonly openDirectory: OpenDirectory
  readonly openWrites: OpenWrites
  /** How long a read may take, from the request to the answer. */
  readonly deadlineMs: number
  /** How long all mutations of a request may take together. */
  readonly mutationDeadlineMs: number
}

/** What the resolvers of one request get. */
export function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
  { openDirectory, openWrites, deadlineMs, mutationDeadlineMs }: RequestContextOptions,
): Context {
  const writesEndAt = performance.now() + mutationDeadlineMs
  const leftMs = (): number => Math.max(writesEndAt - performance.now(), 0)
  const open = (ms: number) => openDirectory(createReadScope(request, reply, ms))
  let directory = open(deadlineMs)
  const writes = openWrites({
    requestId: request.id,
    caller: caller.name,
    beginWrite: () => beginWriteScope(reply, leftMs()),
    // What was read before a mutation must not be shown after it, and its own time may be up by then.
    onEnded: () => void (directory = open(Math.min(deadlineMs, leftMs()))),
  })
  return {
    get directory() {
      return directory
    },
    writes,
    caller,
    requestId: request.id,
  }
}
