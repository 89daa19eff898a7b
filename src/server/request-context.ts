import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../graphql/caller.ts'
import type { Context } from '../graphql/context.ts'
import type { IdentityDirectory, OpenDirectory } from '../identity/identity-directory.ts'
import type { IdentityWrites, OpenWrites } from '../identity/writes/identity-writes.ts'
import { createReadScope } from './read-scope.ts'
import { beginWriteScope } from './write-scope.ts'

/** Six mutations, each 31 times; what is read after one listens as well. */
const MAX_LISTENERS = 200

export interface RequestContextOptions {
  readonly openDirectory: OpenDirectory
  readonly openWrites: OpenWrites
  /** How long a read may take, from the request to the answer. */
  readonly deadlineMs: number
  /** How long all mutations of a request may take together. */
  readonly mutationDeadlineMs: number
}

/** What the resolvers of one request get. Apollo Server copies it, so nothing in it may be private or an own getter. */
class RequestContext implements Context {
  readonly reads: { directory: IdentityDirectory }
  readonly writes: IdentityWrites
  readonly caller: Caller
  readonly requestId: string

  constructor(reads: { directory: IdentityDirectory }, writes: IdentityWrites, caller: Caller, requestId: string) {
    this.reads = reads
    this.writes = writes
    this.caller = caller
    this.requestId = requestId
  }

  get directory(): IdentityDirectory {
    return this.reads.directory
  }
}

export function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
  { openDirectory, openWrites, deadlineMs, mutationDeadlineMs }: RequestContextOptions,
): Context {
  // Each mutation listens for the client's leaving, and so does what is read after it.
  reply.raw.setMaxListeners(MAX_LISTENERS)
  const writesEndAt = performance.now() + mutationDeadlineMs
  const leftMs = (): number => Math.max(writesEndAt - performance.now(), 0)
  const open = (ms: number) => openDirectory(createReadScope(request, reply, ms))
  const reads = { directory: open(deadlineMs) }
  const writes = openWrites({
    requestId: request.id,
    caller: caller.name,
    beginWrite: () => beginWriteScope(request, reply, leftMs()),
    // What was read before a mutation must not be shown after it, and its own time may be up by then.
    onEnded: () => void (reads.directory = open(Math.min(deadlineMs, leftMs()))),
  })
  return new RequestContext(reads, writes, caller, request.id)
}
