import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../graphql/caller.ts'
import type { Context } from '../graphql/context.ts'
import type { IdentityDirectory, OpenDirectory } from '../identity/identity-directory.ts'
import type { IdentityWrites, OpenWrites } from '../identity/writes/identity-writes.ts'
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

/** Opens what a request needs of the domain: a directory, and for mutations the writes. */
class Opened {
  directory: IdentityDirectory
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply
  readonly #caller: Caller
  readonly #options: RequestContextOptions
  readonly #beganAt = performance.now()
  #writes: IdentityWrites | undefined

  constructor(request: FastifyRequest, reply: FastifyReply, caller: Caller, options: RequestContextOptions) {
    this.#request = request
    this.#reply = reply
    this.#caller = caller
    this.#options = options
    this.directory = this.#open(options.deadlineMs)
  }

  /** Opened when somebody asks: most requests read. */
  get writes(): IdentityWrites {
    return (this.#writes ??= this.#options.openWrites({
      requestId: this.#request.id,
      caller: this.#caller.name,
      beginWrite: () => beginWriteScope(this.#request, this.#reply, this.#leftMs()),
      // What was read before a mutation must not be shown after it, and its own time may be up by then.
      onEnded: () => void (this.directory = this.#open(Math.min(this.#options.deadlineMs, this.#leftMs()))),
    }))
  }

  #open(ms: number): IdentityDirectory {
    return this.#options.openDirectory(createReadScope(this.#request, this.#reply, ms))
  }

  /** All mutations share the time. */
  #leftMs(): number {
    return Math.max(this.#beganAt + this.#options.mutationDeadlineMs - performance.now(), 0)
  }
}

/** What the resolvers of one request get. Apollo Server copies it, so nothing in it may be private or an own getter. */
class RequestContext implements Context {
  readonly opened: Opened
  readonly caller: Caller
  readonly requestId: string

  constructor(opened: Opened, caller: Caller, requestId: string) {
    this.opened = opened
    this.caller = caller
    this.requestId = requestId
  }

  get directory(): IdentityDirectory {
    return this.opened.directory
  }

  get writes(): IdentityWrites {
    return this.opened.writes
  }
}

export function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
  options: RequestContextOptions,
): Context {
  return new RequestContext(new Opened(request, reply, caller, options), caller, request.id)
}
