import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { TIMING } from '../../src/timing.ts'
import { readConfig } from '../../src/config.ts'
import { documentLimits } from '../../src/graphql/limits.ts'
import { readSdl } from '../../src/graphql/schema.ts'
import { ALGORITHMS } from '../../src/server/bearer-tokens.ts'

const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url)
const SUBGRAPH = 'identity'

function read(name: string): any {
  return parse(readFileSync(new URL(name, SCHEMA_FOLDER), 'utf8'))
}

function milliseconds(duration: string): number {
  expect(duration).toMatch(/^\d+s$/)
  return Number.parseInt(duration, 10) * 1000
}

const LEGACY = { LEGACY_APPLICATION_KEY: 'key', LEGACY_USER_API_KEY: 'key' }

describe('supergraph.yaml', () => {
  const { subgraphs } = read('supergraph.yaml')

  test('names the schema and where the subgraph listens unless it is told otherwise', () => {
    const { host, port } = readConfig({ ACCESS: 'open', ...LEGACY })
    expect(Object.keys(subgraphs)).toEqual([SUBGRAPH])
    expect(subgraphs[SUBGRAPH].routing_url).toBe(`http://${host}:${port}/graphql`)
    expect(existsSync(new URL(subgraphs[SUBGRAPH].schema.file, SCHEMA_FOLDER))).toBe(true)
  })
})

describe('router.yaml', () => {
  const router = read('router.yaml')

  test('waits longer than the subgraph does', () => {
    const { timeout } = router.traffic_shaping.subgraphs[SUBGRAPH]
    const own = Object.entries(TIMING).filter(([name]) => /deadline/i.test(name))
    expect(own.length).toBeGreaterThan(0)
    for (const [, deadlineMs] of own) expect(milliseconds(timeout)).toBeGreaterThan(deadlineMs)
    expect(milliseconds(router.traffic_shaping.router.timeout)).toBeGreaterThan(milliseconds(timeout))
  })

  test('inserts the secret from the environment and passes none of the client', () => {
    expect(Object.keys(router.headers)).toEqual(['subgraphs'])
    const rules: any[] = router.headers.subgraphs[SUBGRAPH].request
    const passed = rules.flatMap(({ propagate }) => (propagate ? [propagate.named] : []))
    expect(passed).toEqual(['authorization', 'cache-control'])
    // Last, for a later rule would have the last word.
    expect(rules.at(-1)).toEqual({ insert: { name: 'router-authorization', value: '${env.ROUTER_SECRET}' } })
  })

  test('takes the same tokens as the subgraph, and checks the scopes of the schema', () => {
    const [keys, ...more] = router.authentication.router.jwt.jwks
    expect(more).toEqual([])
    const { url, issuers, audiences, algorithms } = keys
    expect([url, issuers, audiences]).toEqual(['${env.JWKS_URL}', ['${env.JWT_ISSUER}'], ['${env.JWT_AUDIENCE}']])
    expect(ALGORITHMS).toEqual(expect.arrayContaining(algorithms))
    expect(router.authorization.directives.enabled).toBe(true)
  })

  test('shows the code, the source and whether to ask again, and nothing else of an error', () => {
    const { all, subgraphs } = router.include_subgraph_errors
    expect([...all.allow_extensions_keys, ...subgraphs[SUBGRAPH].allow_extensions_keys]).toEqual([
      'code',
      'source',
      'retryable',
    ])
    expect(all.redact_message).toBe(true)
    expect(subgraphs[SUBGRAPH].redact_message).toBe(false)
  })

  test('lets through what the subgraph takes, and hides the schema', () => {
    expect(router.limits.parser_max_tokens).toBeGreaterThanOrEqual(documentLimits.parseOptions.maxTokens)
    expect(router.limits.http_max_request_bytes).toBeLessThanOrEqual(2 * 1024 * 1024)
    expect(router.supergraph.introspection).toBe(false)
  })

  test('counts a list of unknown size as the subgraph pages it', () => {
    const [, pageSize] = /assumedSize: (\d+)\s+sizedFields: \["edges"/.exec(readSdl()) ?? []
    expect(router.demand_control.strategy.static_estimated.list_size).toBe(Number(pageSize))
  })
})
