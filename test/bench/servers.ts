import { resolve } from 'node:path'
import { postGraphql, ROUTER_SECRET } from './graphql-client.ts'
import type { Options, OwnVariant } from './options.ts'
import type { Processes, Served } from './processes.ts'

/** Where answers come from: from what is in memory (ours: the directory), or from the upstreams. */
export type Mode = 'directory' | 'live'

export interface Server extends Served {
  readonly name: string
  readonly mode: Mode
}

/** One that is not measured, and why. */
export interface Skipped {
  readonly name: string
  readonly mode: Mode
  readonly reason: string
}

/** Each mode's own yardstick: the first is for what is in memory, the second makes upstream calls. */
export const REFERENCE: Readonly<Record<Mode, string>> = {
  directory: 'Apollo standalone',
  live: 'hand-written Apollo',
}

export const MAIN = new URL('../../src/main.ts', import.meta.url)
const READY_MS = 60_000

interface Blueprint {
  readonly name: string
  readonly mode: Mode
  readonly own?: OwnVariant
  readonly main: URL | string
}

function blueprints(own: readonly OwnVariant[]): Blueprint[] {
  const baseline = (name: string, mode: Mode, file: string): Blueprint => ({
    name,
    mode,
    main: new URL(`./variants/${file}.ts`, import.meta.url),
  })
  const ours = (mode: Mode): Blueprint[] =>
    own.map((variant) => ({
      name: variant.name,
      mode,
      own: variant,
      main: variant.main === undefined ? MAIN : resolve(variant.main),
    }))
  return [
    baseline('limit: prebuilt bytes', 'directory', 'limit'),
    baseline('node:http, JSON.stringify', 'directory', 'stringify'),
    baseline('mercurius, federation, jit', 'directory', 'mercurius-jit'),
    baseline(REFERENCE.directory, 'directory', 'apollo-standalone'),
    ...ours('directory'),
    baseline(REFERENCE.live, 'live', 'hand-written-apollo'),
    ...ours('live'),
  ]
}

/** Starts all of them. One that does not start or has no directory is skipped with a reason, and the others run. */
export async function startServers(
  { own }: Options,
  processes: Processes,
  upstreams: Readonly<Record<Mode, Served>>,
): Promise<(Server | Skipped)[]> {
  const started: (Server | Skipped)[] = []
  // One after the other: eight at a time would take each other's time on a small machine.
  for (const blueprint of blueprints(own)) {
    started.push(await startOne(blueprint, processes, upstreams[blueprint.mode].origin))
  }
  return started
}

async function startOne(
  { name, mode, own, main }: Blueprint,
  processes: Processes,
  upstream: string,
): Promise<Server | Skipped> {
  try {
    const served = await processes.startServer(main, { ...environment(mode, upstream), ...own?.variables })
    const fault = own && mode === 'directory' ? await waitForDirectory(served.origin, READY_MS) : undefined
    if (fault === undefined) return { ...served, name, mode }
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
