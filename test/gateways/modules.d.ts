/**
 * What is used here of packages that only this folder's own manifest installs, so that a type check of the whole needs
 * no gateway. Once they are installed these declarations still count.
 */
declare module '@apollo/gateway' {
  import type { GatewayInterface } from '@apollo/server-gateway-interface'

  export interface SubgraphRequest<Context> {
    readonly request: { readonly http?: { readonly headers: { set(name: string, value: string): void } } }
    /** Empty while the gateway asks something of its own. */
    readonly context: Partial<Context>
  }

  export interface SubgraphSource {
    readonly url: string
  }

  export const RemoteGraphQLDataSource: new <Context>(options: {
    url: string
    willSendRequest(request: SubgraphRequest<Context>): void
  }) => SubgraphSource

  export const ApolloGateway: new (options: {
    supergraphSdl: string
    logger: Record<'debug' | 'info' | 'warn' | 'error', (message: string) => void>
    buildService(service: { name: string; url: string }): SubgraphSource
  }) => GatewayInterface
}

declare module '@graphql-hive/gateway-runtime' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface GatewayRuntime extends AsyncDisposable {
    (request: IncomingMessage, response: ServerResponse): unknown
  }

  export function createGatewayRuntime(config: {
    supergraph: string
    logging: boolean
    unifiedGraphHandler?: unknown
    genericAuth?: unknown
    propagateHeaders?: {
      fromClientToSubgraphs(payload: {
        readonly request: Request
        readonly subgraphName: string
      }): Record<string, string>
    }
  }): GatewayRuntime
}

declare module '@graphql-hive/router-runtime' {
  export const unifiedGraphHandler: unknown
}
