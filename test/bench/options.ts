import { parseArgs } from 'node:util'
import { QUERY_NAMES, type QueryName } from './queries.ts'

/** A variant of our server: other settings, or the `main.ts` of another checkout. */
export interface OwnVariant {
  readonly name: string
  readonly main: string | undefined
  readonly variables: Readonly<Record<string, string>>
}

export interface Options {
  readonly quick: boolean
  readonly speed: boolean
  readonly size: boolean
  /** Whether the queries are asked of other products, and not of the baselines in memory. */
  readonly peers: boolean
  readonly queries: readonly QueryName[]
  readonly own: readonly OwnVariant[]
  readonly rounds: number
  /** How long each server is asked in a round, in milliseconds. */
  readonly windowMs: number
  /** How long, and with how many requests at least, each server is asked before the rounds. */
  readonly warmUpMs: number
  readonly warmUpRequests: number
  readonly pin: boolean
  /** People in each source of the size benchmark. */
  readonly people: number
}

export const USAGE = `npm run bench -- [options]

  --quick             fewer and shorter rounds and a smaller directory: within two minutes
  --size              only the directory's size benchmark;  --speed: only the queries
  --peers             the queries only, and live only, beside products that could stand in this one's place; installs them
                      (150 MB) into peers/. TAILCALL_GLIBC in the environment: see README.md
  --people N          people in each source of the size benchmark (1,000,000; 50,000 with --quick)
  --query NAME        only this query, may be repeated: ${QUERY_NAMES.join(', ')}
  --rounds N          so many rounds
  --own "NAME K=V …"  our server once more under this name with these settings, may be repeated; MAIN=path is the main.ts
                      of another checkout
  --pin               servers on the first CPU, load and upstreams on the others, where there is taskset
`

/** @throws TypeError with a message for people. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      size: { type: 'boolean', default: false },
      speed: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      pin: { type: 'boolean', default: false },
      people: { type: 'string' },
      rounds: { type: 'string' },
      query: { type: 'string', multiple: true, default: [] },
      own: { type: 'string', multiple: true, default: [] },
    },
  })
  const { quick, size, speed, peers, pin } = values
  const unknown = values.query.find((name) => !QUERY_NAMES.some((known) => known === name))
  if (unknown !== undefined) throw new TypeError(`There is no query "${unknown}".`)
  return {
    quick,
    pin,
    peers,
    speed: speed || peers || !size,
    size: size || !(speed || peers),
    queries: QUERY_NAMES.filter((name) => values.query.length === 0 || values.query.includes(name)),
    own: [{ name: 'ours', main: undefined, variables: {} }, ...values.own.map(readOwn)],
    rounds: wholeNumber('rounds', values.rounds, quick ? 3 : 7),
    windowMs: quick ? 300 : 1_000,
    warmUpMs: quick ? 400 : 3_000,
    warmUpRequests: quick ? 50 : 300,
    people: wholeNumber('people', values.people, quick ? 50_000 : 1_000_000),
  }
}

function readOwn(text: string): OwnVariant {
  // A value may have blanks, as NODE_OPTIONS do.
  const [name = '', ...settings] = text.split(/\s+(?=\w+=)/)
  const { MAIN, ...variables } = Object.fromEntries(
    settings.map((setting) => {
      const [, variable, value] = /^(\w+)=(.*)$/s.exec(setting) ?? []
      if (variable === undefined) throw new TypeError(`"${setting}" is no NAME=value.`)
      return [variable, value ?? '']
    }),
  )
  return { name: `ours, ${name}`, main: MAIN, variables }
}

function wholeNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`--${name} is a whole number from 1.`)
  return Number(text)
}
