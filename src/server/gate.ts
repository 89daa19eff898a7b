import type { FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from 'fastify'
import type { Secret } from '../config/secret.ts'
import { LOCAL, ROUTER, type Caller } from '../graphql/caller.ts'
import { readBearer } from './bearer-header.ts'
import type { VerifyToken } from './bearer-tokens.ts'
import { errorBody } from './error-body.ts'
import { requireRouterSecret } from './router-secret.ts'

export interface GateOptions {
  /** What callers must send as `router-authorization`. */
  readonly routerSecret: Secret | undefined
  readonly verifyToken: VerifyToken | undefined
}

export interface Gate {
  /** Run before the body is read; whoever they do not answer may come in. */
  readonly hooks: (onRequestHookHandler | onRequestAsyncHookHandler)[]
  /** Whom the hooks let in. */
  callerOf(request: FastifyRequest): Caller
}

/** Who may come in, and as whom. What each combination of settings means is told at `AccessConfig`. */
export function createGate({ routerSecret, verifyToken }: GateOptions): Gate {
  const secretHooks = routerSecret ? [requireRouterSecret(routerSecret)] : []
  if (!verifyToken) return { hooks: secretHooks, callerOf: () => (routerSecret ? ROUTER : LOCAL) }

  const callers = new WeakMap<FastifyRequest, Caller>()
  const identify = async (request: FastifyRequest): Promise<Caller | undefined> => {
    const token = readBearer(request.raw.rawHeaders)
    if (token === 'NONE') return routerSecret ? ROUTER_WITHOUT_TOKEN : undefined
    return token === 'INVALID' ? undefined : verifyToken(token.value)
  }
  const requireToken: onRequestAsyncHookHandler = async (request, reply) => {
    const caller = await identify(request)
    if (caller) return void callers.set(request, caller)
    return reply.code(401).header('www-authenticate', 'Bearer').send(errorBody('UNAUTHENTICATED', NO_TOKEN))
  }
  return {
    hooks: [...secretHooks, requireToken],
    callerOf: (request) => callers.get(request) ?? NOBODY,
  }
}

/** Not why: whoever made the token up would learn from it. */
const NO_TOKEN = 'This endpoint needs a valid bearer token.'

/** The secret lets in, and only a token gives scopes: what needs none can be read. */
const ROUTER_WITHOUT_TOKEN: Caller = { name: ROUTER.name, scopes: new Set() }
/** Nobody whom the hooks let in lacks a caller; if ever one did, there is nothing that they may do. */
const NOBODY: Caller = { name: 'unnamed', scopes: new Set() }
