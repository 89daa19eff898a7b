import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PARTNERS, KNOWN_PEOPLE } from '../simulator/simulator.ts'
import { startOver, startSubgraph, upstreamCalls } from './subgraph.ts'
import { startWriting, type MutationName, type WritingSubgraph } from './writing.ts'

const ANA_ID = `legacy:${KNOWN_PEOPLE.ana.legacy.user_id}`
const CANARIES = {
  email: 'canary.mail@example.com',
  firstName: 'CanaryFirst',
  lastName: 'CanaryLast',
  password: 'canary-pa55word-never-shown',
  idempotencyKey: 'canary key of canary.mail@example.com',
}

let subgraph: WritingSubgraph
beforeAll(async () => void (subgraph = await startWriting()))
beforeEach(() => startOver(subgraph))
afterAll(() => subgraph.close())

/** What is written down of one mutation. */
async function recordsOf(name: MutationName, input: Record<string, unknown>): Promise<any[]> {
  const before = subgraph.audit().length
  await subgraph.send(name, input)
  return subgraph.audit().slice(before)
}

describe('the audit log', () => {
  it('has who tried what on whom, and what became of it', async () => {
    const [attempt, outcome, ...more] = await recordsOf('updateIdentity', { id: ANA_ID, firstName: 'Anna', role: null })
    const about = { caller: 'local', action: 'update', source: 'LEGACY', id: ANA_ID, fields: ['firstName', 'role'] }
    const time = expect.stringMatching(/^\d{4}-.*Z$/)
    expect(attempt).toEqual({ time, audit: 'attempt', requestId: expect.any(String), ...about })
    expect(outcome).toEqual({ ...attempt, time, audit: 'outcome', outcome: 'APPLIED', codes: [] })
    expect(more).toEqual([])
  })

  it('has the id of who was created', async () => {
    const { idempotencyKey: _, ...input } = CANARIES
    const [attempt, outcome] = await recordsOf('provisionLegacyIdentity', input)
    const { user_id } = subgraph.simulator.legacy.people.list().at(-1) ?? {}
    expect([attempt.id, outcome.id, outcome.outcome]).toEqual([null, `legacy:${user_id}`, 'APPLIED'])
    expect(attempt.fields).toEqual(['email', 'firstName', 'lastName', 'password'])
  })

  it.each<[string, MutationName, Record<string, unknown>, object]>([
    [
      'is refused',
      'deleteIdentity',
      { id: ANA_ID, confirmEmail: 'x@y.example' },
      { outcome: 'REJECTED', codes: ['INVALID_INPUT'] },
    ],
    [
      'makes no sense',
      'deactivateIdentity',
      { id: 'canary.mail@example.com' },
      { outcome: 'REJECTED', id: null, source: null },
    ],
    [
      'names an address for an id',
      'deactivateIdentity',
      { id: 'legacy:canary.mail@example.com' },
      { outcome: 'REJECTED', id: null },
    ],
  ])('has what %s as well', async (_what, name, input, expected) => {
    expect(await recordsOf(name, input)).toMatchObject([{ audit: 'attempt' }, { audit: 'outcome', ...expected }])
  })

  it('has what ends in an error', async () => {
    subgraph.simulator.legacy.faults.add({ kind: 'status', status: 503 })
    const [, outcome] = await recordsOf('deactivateIdentity', { id: ANA_ID })
    expect(outcome).toMatchObject({ outcome: 'FAILED', codes: ['UPSTREAM_UNAVAILABLE'] })
  })

  it('names the request as the caller does', async () => {
    const query = `mutation { deactivateIdentity(input: { id: "${ANA_ID}" }) { outcome } }`
    await subgraph.ask(query, {}, { 'x-request-id': 'from-the-router' })
    expect(subgraph.audit().slice(-2)).toMatchObject([
      { requestId: 'from-the-router' },
      { requestId: 'from-the-router' },
    ])
  })

  it('has no value of a personal field and no password, whatever goes wrong; nor has any answer a password', async () => {
    const partnerId = KNOWN_PARTNERS.cleanMiles.id
    const { email, firstName, lastName, idempotencyKey } = CANARIES
    const { legacy, sitePartner } = subgraph.simulator
    const answers: unknown[] = []
    const round = async (): Promise<void> => {
      answers.push(
        await subgraph.send('provisionLegacyIdentity', CANARIES),
        await subgraph.send('provisionSitePartnerIdentity', { email, firstName, lastName, partnerId, idempotencyKey }),
        await subgraph.send('updateIdentity', { id: ANA_ID, email, firstName, lastName }),
        await subgraph.send('deleteIdentity', { id: ANA_ID, confirmEmail: email }),
        // Nothing of what does not fit may come back either.
        await subgraph.send('provisionLegacyIdentity', { ...CANARIES, password: { value: CANARIES.password } }),
        await subgraph.send('provisionLegacyIdentity', { ...CANARIES, password: `${CANARIES.password}\u0000` }),
        await subgraph.ask(
          `mutation { provisionLegacyIdentity(input: { password: "${CANARIES.password}" }) { outcome } }`,
        ),
      )
      await startOver(subgraph)
    }
    await round()
    for (const upstream of [legacy, sitePartner]) upstream.faults.add({ kind: 'drop-after', skip: 12 })
    await round()
    const said = JSON.stringify(answers)
    expect(said).not.toContain(CANARIES.password)
    for (const canary of Object.values(CANARIES)) expect(subgraph.auditText()).not.toContain(canary)
    // What is looked for would be found: the answers have the names.
    expect(said).toContain(CANARIES.firstName)
  })

  it('comes before the write: without a record nothing is called', async () => {
    // Every write to this device fails, as on a disk that is full.
    const full = await startSubgraph({ variables: { LEGACY_WRITES: 'on', AUDIT_LOG: '/dev/full' } })
    const query = `mutation { updateIdentity(input: { id: "${ANA_ID}", firstName: "Anna" }) { outcome } }`
    const { data, errors } = await full.ask(query)
    expect(data).toEqual({ updateIdentity: null })
    expect(errors).toMatchObject([
      { message: expect.stringContaining('audit log'), extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ])
    expect(upstreamCalls(full)).toBe(0)
    await full.close()
  })
})
