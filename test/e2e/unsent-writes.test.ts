import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startWriting, type WritingSubgraph } from './writing.ts'

const ANA = KNOWN_PEOPLE.ana.legacy
const ANA_ID = `legacy:${ANA.user_id}`
const JANE = { email: 'jane.roe@example.com', firstName: 'Jane', lastName: 'Roe', idempotencyKey: 'jane' }
const THROTTLED = { kind: 'throttle', headers: 'retry-after', seconds: 30 } as const

let subgraph: WritingSubgraph
// What stops calls outlives the fault, so each test has a server of its own.
beforeEach(async () => {
  subgraph = await startWriting({
    simulator: { people: { legacy: 5, sitePartner: 5, shared: 3 } },
    timing: { breakerOpenMs: 600_000 },
  })
  onTestFinished(() => subgraph.close())
})

const legacy = () => subgraph.simulator.legacy
const rename = () => subgraph.send('updateIdentity', { id: ANA_ID, firstName: 'Anna' })
const read = () => subgraph.ask(`{ identity(id: "${ANA_ID}") { role } }`, {}, { 'cache-control': 'no-cache' })

/** Nothing can have been written, and that is what the caller is told and what is written down. */
async function expectUnsent(code: string, retryable: boolean): Promise<void> {
  const { data, errors } = await rename()
  expect(data).toEqual({ updateIdentity: null })
  expect(errors).toMatchObject([{ path: ['updateIdentity'], extensions: { code, source: 'LEGACY', retryable } }])
  expect(subgraph.audit().slice(-2)).toMatchObject([
    { audit: 'attempt', action: 'update', id: ANA_ID },
    { audit: 'outcome', action: 'update', id: ANA_ID, outcome: 'FAILED', codes: [code] },
  ])
  expect(legacy().people.get(ANA.user_id)).toMatchObject({ firstname: ANA.firstname })
}

describe('a change is an error, and it is certain that nothing was written', () => {
  it('while the breaker is open: nobody is called', async () => {
    legacy().faults.add({ kind: 'status', status: 503 })
    for (let index = 0; index < 20; index++) await read()
    legacy().faults.clear()
    legacy().calls.reset()
    await expectUnsent('UPSTREAM_UNAVAILABLE', true)
    expect(legacy().calls.byEndpoint()).toEqual({})
  })

  it('while the upstream wants to be left alone: nobody is called', async () => {
    legacy().faults.add({ ...THROTTLED, times: 1 })
    await read()
    legacy().calls.reset()
    await expectUnsent('UPSTREAM_THROTTLED', true)
    expect(legacy().calls.byEndpoint()).toEqual({})
  })

  it('where the upstream refuses it for longer than there is time: it is said at once', async () => {
    legacy().faults.add({ ...THROTTLED, endpoint: 'PUT /user/{user_id}' })
    await expectUnsent('UPSTREAM_THROTTLED', true)
    expect(legacy().calls.count('PUT /user/{user_id}')).toBe(1)
  })

  it('while our keys are dead: nobody is called', async () => {
    legacy().faults.add({ kind: 'status', status: 401 })
    await read()
    legacy().calls.reset()
    await expectUnsent('UPSTREAM_UNAUTHORIZED', false)
    expect(legacy().calls.byEndpoint()).toEqual({})
  })
})

describe('a creation', () => {
  it('that the upstream refuses for longer than there is time leaves its key free', async () => {
    legacy().faults.add({ ...THROTTLED, endpoint: 'POST /user' })
    const { data, errors } = await subgraph.send('provisionLegacyIdentity', JANE)
    expect(data).toEqual({ provisionLegacyIdentity: null })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_THROTTLED', retryable: true } }])
    expect(subgraph.audit().at(-1)).toMatchObject({ outcome: 'FAILED', codes: ['UPSTREAM_THROTTLED'] })
    const other = await subgraph.send('provisionLegacyIdentity', { ...JANE, firstName: 'Joan' })
    // Not INVALID_INPUT: the key names no creation yet.
    expect(other.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_THROTTLED' } }])
  })
})
