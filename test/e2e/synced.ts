import { startSubgraph, type Subgraph, type SubgraphOptions } from './subgraph.ts'

/** So rare that only the first sweep, and those that a test asks for, take place while it runs. */
export const RARE = { SYNC_INTERVAL_SECONDS: '100000', POLL_INTERVAL_SECONDS: '100000' }

/** The whole product with the synced directory on, and its first sweeps behind it. Both upstreams have counted nothing yet. */
export async function startSynced(options: SubgraphOptions = {}): Promise<Subgraph> {
  const subgraph = await startUnsynced(options)
  await subgraph.whenSynced()
  resetCalls(subgraph)
  return subgraph
}

/** The same while the first sweeps may still be under way. */
export async function startUnsynced(options: SubgraphOptions = {}): Promise<Subgraph> {
  return startSubgraph({
    ...options,
    simulator: { people: { legacy: 320, sitePartner: 310, shared: 100 }, ...options.simulator },
    variables: { DIRECTORY: 'temporary', ...RARE, ...options.variables },
    timing: { deadlineMs: 15_000, ...options.timing },
  })
}

export function resetCalls({ simulator }: Subgraph): void {
  simulator.legacy.calls.reset()
  simulator.sitePartner.calls.reset()
}
