import { blueprintsOf, type Blueprint, type Mode } from './blueprints.ts'
import { postGraphql, ROUTER_SECRET } from './graphql-client.ts'
import type { Options } from './options.ts'
import type { Processes, Served } from './processes.ts'
import type { Query } from './queries.ts'

export interface Server extends Served {
  readonly name: string
  readonly mode: Mode
  readonly beside: Mode
  readonly queries: readonly Query[]
}

/** One that is not measured, and why. */
export interface Skipped {
  readonly name: string
  readonly mode: Mode
  readonly reason: string
}

const READY_MS = 60_000

/** Starts all of them. One that does not start or has no directory is skipped with a reason, and the others run. */
export async function startServers(
  options: Options,
  processes: Processes,
  upstreams: Readonly<Record<Mode, Served>>,
): Promise<(Server | Skipped)[]> {
  const started: (Server | Skipped)[] = []
  // One after the other: eight at a time would take each other's time on a small machine.
  for (const blueprint of blueprintsOf(options)) {
    started.push(await startOne(blueprint, processes, upstreams[blueprint.mode].origin))
  }
  return started
}

async function startOne(blueprint: Blueprint, processes: Processes, upstream: string): Promise<Server | Skipped> {
  const { name, mode, beside, queries, hasDirectory } = blueprint
  try {
    const variables = { ...environment(mode, upstream), ...blueprint.variables }
    const served = await processes.startServer(blueprint, variables)
    const fault = hasDirectory ? await waitForDirectory(served.origin, READY_MS) : undefined
    if (fault === undefined) return { ...served, name, mode, beside, queries }
    await processes.stop([served.child])
    return { name, mode, reason: fault }
  } catch (error) {
    return { name, mode, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** The settings that our server is started with, as a user would. */
export function environment(mode: Mode, upstream: string): Record<string, string> {
  return {
    ROUTER_SECRET,
    LEGACY_API_URL: upstream,
    LEGACY_APPLICATION_KEY: 'bench',
    LEGACY_USER_API_KEY: 'bench',
    SITE_PARTNER_API_URL: upstream,
    SITE_PARTNER_TOKEN_URL: `${upstream}/oauth/token`,
    SITE_PARTNER_CLIENT_ID: 'bench',
    SITE_PARTNER_CLIENT_SECRET: 'bench',
    DIRECTORY: mode === 'directory' ? 'temporary' : 'off',
  }
}

/** Only the directory can order by e-mail: until it can, it is not ready. @returns why it never will be. */
export async function waitForDirectory(origin: string, patienceMs: number): Promise<string | undefined> {
  const query = '{ identities(first: 1, orderBy: { field: EMAIL, direction: ASC }) { totalCount } }'
  const giveUpAt = performance.now() + patienceMs
  while (performance.now() < giveUpAt) {
    const { data, errors } = await postGraphql(origin, 'directory', JSON.stringify({ query }))
    if (typeof data?.identities?.totalCount === 'number') return undefined
    if (errors?.some((error) => error.extensions?.['code'] === 'NOT_SUPPORTED')) return 'this server has no directory'
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return `its directory was not ready after ${patienceMs / 1000} s`
}
