import { createApp } from '../src/app.ts'
import { TIMING } from '../src/timing.ts'
import { readConfig } from '../src/config.ts'
import { createLogger } from '../src/observability/logger.ts'
import { EXAMPLE_QUERY } from '../src/server/sandbox.ts'
import type { DemoSupergraph } from './fixtures/demo-supergraph.ts'
import { KNOWN_PEOPLE, startSimulator } from './simulator/simulator.ts'

/**
 * The subgraph beside a simulator of both upstreams, without any configuration: `npm run demo`. With two more subgraphs
 * and a gateway before all three: `npm run demo -- --supergraph`.
 */
const startSupergraph = process.argv.includes('--supergraph') ? await loadSupergraph() : undefined
const simulator = await startSimulator()
const { PORT, LEGACY_DELETE, AUDIT_LOG, DIRECTORY } = process.env
const writes = { LEGACY_WRITES: 'on', SITE_PARTNER_WRITES: 'on', LEGACY_DELETE, AUDIT_LOG }
const config = readConfig({ ACCESS: 'open', PORT, ...writes, ...simulator.environment, DIRECTORY })
const app = await createApp(config, createLogger(), { ...TIMING, drainMs: 0 }, process.stderr)
const address = await app.server.listen({ host: config.host, port: config.port }).catch(stopBecausePortIsTaken)

console.log(`
The identity subgraph is at ${address}/graphql, beside a simulator of both upstreams with 1,000 accounts each.

Open ${address}/ for Apollo Sandbox (its script comes from the network), and paste a query:

${EXAMPLE_QUERY}

or, somebody with an account in both sources:

query Ana { identityHolder(email: "ana.silva@example.com") { email identities { id displayName status source role } } }

Without a browser:

curl -s ${address}/graphql -H 'content-type: application/json' \\
  -d '{"query":"{ identity(id: \\"legacy:${KNOWN_PEOPLE.ana.legacy.user_id}\\") { id email displayName status role timezone } }"}'

Writes are on (deletion with LEGACY_DELETE=on), and the audit log is among these lines:

curl -s ${address}/graphql -H 'content-type: application/json' \\
  -d '{"query":"mutation { updateIdentity(input: { id: \\"legacy:${KNOWN_PEOPLE.ana.legacy.user_id}\\", firstName: \\"Anna\\" }) { outcome identity { displayName } errors { code message } } }"}'

The upstreams: ${simulator.legacy.url} and ${simulator.sitePartner.url}; what was asked of them: GET /_admin/calls on each.
Stop with Ctrl+C.
`)

const supergraph = await startSupergraph?.(`${address}/graphql`)
if (supergraph) console.log(supergraph.introduction)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.resolve(supergraph?.close())
      .then(() => app.shutdown())
      .then(() => simulator.close())
      .then(() => process.exit(0))
  })
}

function stopBecausePortIsTaken(error: unknown): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (!isTaken) throw error
  console.error(`Port ${config.port} is taken. Stop what is there, or choose another: PORT=4002 npm run demo`)
  process.exit(1)
}

async function loadSupergraph(): Promise<(identityUrl: string) => Promise<DemoSupergraph>> {
  const { loadGateway, startDemoSupergraph } = await import('./fixtures/demo-supergraph.ts')
  const startGateway = await loadGateway()
  if (!startGateway) stopWithoutGateway()
  return async (identityUrl) => startDemoSupergraph(identityUrl, startGateway)
}

function stopWithoutGateway(): never {
  console.error(`The gateway has a manifest of its own and is not installed yet. Install it, then try again:

npm ci --prefix test/gateways
`)
  process.exit(1)
}
