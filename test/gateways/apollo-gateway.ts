import type { IncomingHttpHeaders } from 'node:http'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { subgraphHeaders, type StartGateway } from './gateway.ts'

interface Context {
  readonly headers: IncomingHttpHeaders
}

// Without it the gateway asks the cloud it may run in for its name, and reports the start to its maker.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true'

const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error }

/** Apollo's own gateway in JavaScript, the predecessor of its router. */
export const startApolloGateway: StartGateway = async ({ supergraphSdl, routerSecret, port = 0 }) => {
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: quiet,
    buildService: ({ name, url }) =>
      new RemoteGraphQLDataSource<Context>({
        url,
        willSendRequest({ request, context }) {
          const sentByClient = (header: string) => context.headers?.[header]?.toString()
          const headers = Object.entries(subgraphHeaders(name, sentByClient, routerSecret))
          for (const [header, value] of headers) request.http?.headers.set(header, value)
        },
      }),
  })
  const server = new ApolloServer<Context>({ gateway, logger: quiet, stopOnTerminationSignals: false })
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port },
    context: async ({ req }) => ({ headers: req.headers }),
  })
  return { url, close: () => server.stop() }
}
