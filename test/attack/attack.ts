import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSubgraph, type Subgraph } from '../e2e/subgraph.ts'
import { findCanaries, type Canary } from './canaries.ts'
import { exchange, SECRET, type Bytes, type Reply } from './wire.ts'

/** Stands in what attackers send; nobody may ever read it again. */
export const PASSWORD = 'Hunter2-c4n4ry'

export interface Attack {
  readonly name: string
  readonly bytes: Bytes
  readonly status: number
  /** Of the only error; undefined: there is none. */
  readonly code?: string
  /** What the data are, where there are any. */
  readonly data?: unknown
}

export const MODES = ['production', 'development'] as const

export function refused(name: string, bytes: Bytes, status: number, code = 'BAD_USER_INPUT'): Attack {
  return { name, bytes, status, code }
}

/** Refused where a field is: with 200, and null in its place. */
export function inData(name: string, bytes: Bytes, data: unknown, code = 'BAD_USER_INPUT'): Attack {
  return { name, bytes, status: 200, code, data }
}

/** Sends each attack to the whole product in both modes. Its one answer comes, nobody is called, and nothing leaks. */
export function describeAttacks(title: string, attacks: readonly Attack[], modes: readonly string[] = MODES): void {
  describe.each(modes)(`${title}, in %s`, (mode) => {
    let subgraph: Subgraph
    const logs: string[] = []
    beforeAll(async () => {
      const variables = { NODE_ENV: mode, ACCESS: 'secured', ROUTER_SECRET: SECRET }
      subgraph = await startSubgraph({ variables, log: (line) => logs.push(line) })
    })
    beforeEach(() => {
      subgraph.simulator.reset()
      logs.length = 0
    })
    afterAll(() => subgraph.close())

    test.each(attacks)('$name: $status $code', async ({ bytes, status, code, data }) => {
      const reply = await exchange(Number(new URL(subgraph.url).port), bytes)
      expect({ status: reply.status, codes: codesOf(reply), data: dataOf(reply) }).toEqual({
        status,
        codes: code === undefined ? [] : [code],
        data,
      })
      expect(bodyOf(reply)).not.toHaveProperty('extensions')
      expect(reply.raw).toMatch(/^cache-control: (?:no-store|private, no-cache, must-revalidate)\r$/im)
      expect(callsOf(subgraph)).toEqual({})
      expect(findCanaries(reply.raw, CANARIES)).toEqual([])
      expect(findCanaries(logs.join(''), CANARIES)).toEqual([])
      // An attack is no defect of ours, and no line that somebody could flood us with.
      expect(logs).toEqual([])
    })
  })
}

const CANARIES: readonly Canary[] = [
  { name: 'password', value: PASSWORD },
  { name: 'router secret', value: SECRET },
  { name: 'stack', value: 'node_modules' },
  { name: 'Fastify', value: 'FST_' },
]

/** Calls of both upstreams by endpoint, tokens too. */
export function callsOf({ simulator }: Subgraph): Record<string, number> {
  return { ...simulator.legacy.calls.byEndpoint(), ...simulator.sitePartner.calls.byEndpoint() }
}

interface Body {
  readonly data?: unknown
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** Different codes of the answer, each once. An answer that is not in GraphQL's form is an error of the test. */
function codesOf(reply: Reply): readonly (string | undefined)[] {
  return [...new Set((bodyOf(reply).errors ?? []).map((error) => error.extensions?.code))]
}

function dataOf(reply: Reply): unknown {
  return bodyOf(reply).data
}

function bodyOf({ head, body }: Reply): Body {
  if (/^transfer-encoding: chunked/im.test(head)) return JSON.parse(/\r\n(.*)\r\n/.exec(body)?.[1] ?? '') as Body
  return JSON.parse(body) as Body
}
