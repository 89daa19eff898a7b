import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'

/**
 * Hive Gateway over the OpenAPI documents of both upstreams, which `mesh-compose` has made a supergraph of: by a process of its
 * own, as it does for people, so that the gateway's memory is the gateway's.
 *
 * PLANNER=rust: with the planner of Hive Router instead of the one in JavaScript.
 */
const supergraph = execFileSync(
  process.execPath,
  ['node_modules/@graphql-mesh/compose-cli/esm/bin.js', '--config-path', 'mesh.config.ts'],
  { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
)
const planner = process.env['PLANNER'] === 'rust' && (await import('@graphql-hive/router-runtime'))
const runtime = createGatewayRuntime({
  supergraph,
  logging: false,
  ...(planner && { unifiedGraphHandler: planner.unifiedGraphHandler }),
})
const server = createServer((request, response) => void runtime(request, response))
server.listen(Number(process.env['PORT']), '127.0.0.1')
// The runtime hears the signal too, and closes all but the server, which is not its own.
process.once('SIGTERM', () => process.exit())
