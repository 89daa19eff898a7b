import { resolve } from 'node:path'
import { START_FILE, START_FLAGS } from '../fixtures/npm-start.ts'
import type { Options, OwnVariant } from './options.ts'
import { UPSTREAM_QUERIES } from './peers/queries.ts'
import { QUERIES, type Query } from './queries.ts'

/** Where answers come from: from what is in memory (ours: the directory), or from the upstreams. */
export type Mode = 'directory' | 'live'

/** Each mode's own yardstick: the first is for what is in memory, the second makes upstream calls. */
export const REFERENCE: Readonly<Record<Mode, string>> = {
  directory: 'Apollo standalone',
  live: 'hand-written Apollo',
}

/** A server before it is started. */
export interface Blueprint {
  readonly name: string
  readonly mode: Mode
  /** In whose tables it stands: those of its mode, unless it is set beside others. */
  readonly beside: Mode
  /** Ready only when its directory is. */
  readonly hasDirectory?: boolean
  readonly main: URL | string
  /** Of Node. */
  readonly flags?: readonly string[]
  /** Its settings besides the ones that all get. */
  readonly variables?: Readonly<Record<string, string>>
  /** No process of Node: `main` starts it and tells what it uses. */
  readonly foreign?: boolean
  /** What it can be asked, in its own words. */
  readonly queries: readonly Query[]
}

/** What a run measures, in the order of its tables. */
export function blueprintsOf({ peers, own }: Options): Blueprint[] {
  const handWritten = baseline(REFERENCE.live, 'live', 'hand-written-apollo')
  const live = own.map((variant) => ours(variant, 'live'))
  const directory = own.map((variant) => ours(variant, 'directory'))
  if (peers) {
    const beside = directory.map((each): Blueprint => {
      return { ...each, name: `${each.name}, from the directory`, beside: 'live' }
    })
    return [handWritten, ...peerBlueprints(), ...live, ...beside]
  }
  return [
    baseline('limit: prebuilt bytes', 'directory', 'limit'),
    baseline('node:http, JSON.stringify', 'directory', 'stringify'),
    baseline('mercurius, federation, jit', 'directory', 'mercurius-jit'),
    baseline(REFERENCE.directory, 'directory', 'apollo-standalone'),
    ...directory,
    handWritten,
    ...live,
  ]
}

function baseline(name: string, mode: Mode, file: string): Blueprint {
  return { name, mode, beside: mode, main: new URL(`./variants/${file}.ts`, import.meta.url), queries: QUERIES }
}

function ours({ name, main, variables }: OwnVariant, mode: Mode): Blueprint {
  return {
    name,
    mode,
    beside: mode,
    hasDirectory: mode === 'directory',
    main: main === undefined ? START_FILE : resolve(main),
    flags: START_FLAGS,
    variables,
    queries: QUERIES,
  }
}

/** What else could be put in front of both APIs; see `peers/`. */
function peerBlueprints(): Blueprint[] {
  const peer = (name: string, file: string, queries: readonly Query[], variables = {}): Blueprint => ({
    name,
    mode: 'live',
    beside: 'live',
    main: new URL(`./peers/${file}.ts`, import.meta.url),
    variables,
    queries,
  })
  const glibc = process.env['TAILCALL_GLIBC']
  const libraries = glibc === undefined ? {} : { TAILCALL_GLIBC: resolve(glibc) }
  return [
    peer('hand-written Apollo, datasource-rest', 'datasource-rest', QUERIES),
    peer('Hive Gateway', 'hive-gateway', UPSTREAM_QUERIES),
    peer('Hive Gateway, Rust planner', 'hive-gateway', UPSTREAM_QUERIES, { PLANNER: 'rust' }),
    { ...peer('Tailcall', 'tailcall', UPSTREAM_QUERIES, libraries), foreign: true },
  ]
}
