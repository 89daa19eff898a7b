import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'
import { subgraphHeaders, type Gateway, type GatewayOptions, type StartGateway } from './gateway.ts'

/** Hive Gateway with its planner in JavaScript. */
export const startHiveGateway: StartGateway = (options) => start(options, {})

/** Hive Gateway with the planner of Hive Router, which is written in Rust. */
export const startHiveRouterRuntime: StartGateway = (options) => start(options, { unifiedGraphHandler })

async function start(
  { supergraphSdl, routerSecret, readToken, port = 0 }: GatewayOptions,
  planner: { unifiedGraphHandler?: unknown },
): Promise<Gateway> {
  const runtime = createGatewayRuntime({
    supergraph: supergraphSdl,
    logging: false,
    ...planner,
    ...(readToken && { genericAuth: checkScopes(readToken) }),
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName }) =>
        subgraphHeaders(subgraphName, (name) => request.headers.get(name), routerSecret),
    },
  })
  const server = createServer((request, response) => void runtime(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await runtime[Symbol.asyncDispose]()
    },
  }
}

/** What a token may not see is null with an error; without a token only what needs none is given. */
function checkScopes(readToken: NonNullable<GatewayOptions['readToken']>) {
  return {
    mode: 'protect-granular',
    rejectUnauthenticated: false,
    resolveUserFn: async ({ request }: { readonly request: Request }) => {
      const token = request.headers.get('authorization')?.replace(/^Bearer /, '')
      return token === undefined ? undefined : readToken(token)
    },
  }
}
