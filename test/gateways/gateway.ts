/** A gateway over real HTTP. */
export interface Gateway {
  readonly url: string
  close(): Promise<void>
}

export interface GatewayOptions {
  readonly supergraphSdl: string
  /** What the subgraph wants as `router-authorization`. */
  readonly routerSecret?: string
  /** Lets the gateway check scopes itself, where it can: the claims of a client's token, undefined without a good one. */
  readonly readToken?: (token: string) => Promise<TokenClaims | undefined>
  /** Any free one unless given. */
  readonly port?: number
}

export interface TokenClaims {
  readonly scope: readonly string[]
}

export type StartGateway = (options: GatewayOptions) => Promise<Gateway>

const FROM_CLIENTS = ['authorization', 'cache-control']

/**
 * The headers of a request to a subgraph, as `schema/router.yaml` has them for Apollo Router. The secret is the gateway's
 * own and goes to `identity` only; one that a client sends is dropped.
 */
export function subgraphHeaders(
  subgraph: string,
  sentByClient: (name: string) => string | null | undefined,
  routerSecret: string | undefined,
): Record<string, string> {
  if (subgraph !== 'identity') return {}
  const passed = FROM_CLIENTS.flatMap((name) => {
    const value = sentByClient(name)
    return value ? [[name, value] as const] : []
  })
  return { ...Object.fromEntries(passed), ...(routerSecret && { 'router-authorization': routerSecret }) }
}
